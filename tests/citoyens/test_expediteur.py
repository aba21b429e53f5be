"""Who wrote? One owner is them; a shared address is decided by the display name, or left to a human."""

from collections.abc import Callable

import pytest

from citoyens.models import Usager
from citoyens.rapprochement import choose_sender, find_by_contact

pytestmark = pytest.mark.usefixtures("ville")
Creer = Callable[..., Usager]


def test_the_only_owner_is_the_sender_whatever_the_name_shown(creer: Creer) -> None:
    usager = creer(courriel="s@exemple.fr")
    assert choose_sender("S@Exemple.fr", "Service comptable") == usager


@pytest.mark.parametrize("adresse", ["inconnu@exemple.fr", "pas une adresse", "", "\x00"])
def test_an_unknown_address_belongs_to_nobody(adresse: str) -> None:
    assert choose_sender(adresse, "Samira Ben Amar") is None


@pytest.mark.parametrize(
    ("affiche", "prenom"),
    [("Samira BEN AMAR", "Samira"), ("Ben Amar, Karim", "Karim"), ("Karim Kaci", None), ("Ben Amar", None), ("", None),
     ("Samira et Karim Ben Amar", None), ("SAMIRA KACI", "Samira")],
)  # fmt: skip
def test_a_shared_address_is_decided_by_the_name_or_not_at_all(affiche: str, prenom: str, creer: Creer) -> None:
    creer("Ben Amar", "Samira", nom_naissance="Kaci", courriel="famille@exemple.fr")
    creer("Ben Amar", "Karim", courriel="famille@exemple.fr")
    sender = choose_sender("famille@exemple.fr", affiche)
    assert (sender.prenoms if sender else None) == prenom


def test_the_owners_of_a_number_are_found_in_any_spelling(creer: Creer) -> None:
    usager = creer(mobile="06 39 98 12 34")
    assert find_by_contact("fixe", "+33.6.39.98.12.34") == [usager]
    assert find_by_contact("mobile", "0639981235") == []
