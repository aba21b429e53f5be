"""Does this person exist already? Proposed firmly, quietly, or not at all; never merged."""

from collections.abc import Callable
from datetime import date

import pytest

from citoyens.actions import Contact
from citoyens.models import Usager
from citoyens.rapprochement import likely_duplicates
from citoyens.ressemblance import Portrait, weigh
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite

pytestmark = pytest.mark.usefixtures("ville")
Creer = Callable[..., Usager]
NEE = date(1987, 3, 14)
MOBILE = Contact("mobile", "0639981234")


@pytest.fixture
def samira(creer: Creer) -> Usager:
    creer("Martin", "Jean", naissance_on=date(1960, 1, 2))
    creer("Le Goff", "Yann", naissance_on=date(1960, 1, 2), mobile="0639980001")
    return creer(
        "Ben Amar", "Samira", nom_naissance="Kaci", naissance_on=NEE, mobile="06 39 98 12 34",
        courriel="samira@exemple.fr", adresse="8 rue des Tanneurs 29000 Aurelle",
    )  # fmt: skip


@pytest.mark.parametrize(
    "typed",
    [
        {"nom": "Ben Amar", "prenoms": "Samira", "naissance_on": NEE},
        {"nom": "benamar", "prenoms": "samira", "naissance_on": NEE},
        {"nom": "Kaci", "prenoms": "Samira", "naissance_on": NEE},
        {"nom": "Ben Ammar", "prenoms": "Samira", "naissance_on": NEE},
        {"nom": "Ben Hamar", "prenoms": "Samirra", "naissance_on": NEE},
        {"nom": "Ben Amar", "prenoms": "Samira", "naissance_on": date(1987, 3, 15), "contacts": [MOBILE]},
        {"nom": "Ben Amar", "prenoms": "Samira", "contacts": [Contact("mobile", "+33 6 39 98 12 34")]},
        {"nom": "Ben Amar", "prenoms": "Samira", "contacts": [Contact("courriel", "SAMIRA@exemple.fr")]},
    ],
)  # fmt: skip
def test_the_same_person_spelt_otherwise_is_proposed_firmly(typed: dict[str, object], samira: Usager) -> None:
    found = likely_duplicates(**typed)  # type: ignore[arg-type]
    assert [(r.usager, r.is_ferme) for r in found[:1]] == [(samira, True)]
    assert found[0].raisons


@pytest.mark.parametrize(
    "typed",
    [
        {"nom": "Ben Amar", "prenoms": "Samira"},
        {"nom": "Kassi", "prenoms": "Samira", "contacts": [Contact("courriel", "samira@exemple.fr")]},
        {"nom": "Ben Amar", "prenoms": "Samira", "naissance_on": date(1990, 12, 1), "contacts": [MOBILE]},
    ],
)  # fmt: skip
def test_a_weaker_likeness_is_shown_quietly(typed: dict[str, object], samira: Usager) -> None:
    found = likely_duplicates(**typed)  # type: ignore[arg-type]
    assert [r.usager for r in found] == [samira]


@pytest.mark.parametrize(
    "typed",
    [
        {"nom": "Dupont", "prenoms": "Jean"},
        {"nom": "Ben Amar", "prenoms": "Leïla", "naissance_on": date(2001, 7, 9)},
        {"nom": "", "prenoms": ""},
        {"nom": "'", "prenoms": "\\", "contacts": [Contact("courriel", "pas lisible")]},
        {"nom": "x" * 500},
    ],
)
def test_somebody_else_is_not_proposed(typed: dict[str, object], samira: Usager) -> None:
    assert likely_duplicates(**typed) == []  # type: ignore[arg-type]


def test_a_strict_homonym_of_a_frequent_name_is_not_proposed_firmly(creer: Creer) -> None:
    for day in range(1, 21):
        creer("Martin", "Jean", naissance_on=date(1950 + day, 5, day))
    found = likely_duplicates(nom="Martin", prenoms="Jean", naissance_on=date(1999, 12, 31))
    assert not [r for r in found if r.is_ferme]


def test_day_and_month_swapped_is_recognised(creer: Creer) -> None:
    usager = creer("Quemener", "Awen", naissance_on=date(1980, 4, 9))
    found = likely_duplicates(nom="Quemener", prenoms="Awen", naissance_on=date(1980, 9, 4))
    assert found[0].usager == usager
    assert "jour et mois de naissance inversés" in found[0].raisons


def test_the_record_itself_is_not_its_own_duplicate(samira: Usager) -> None:
    assert likely_duplicates(nom="Ben Amar", prenoms="Samira", naissance_on=NEE, sauf=samira.pk) == []


def test_a_person_is_not_the_duplicate_of_an_association(creer: Creer) -> None:
    creer("Samira Solidarité", "", nature="association", courriel="samira@exemple.fr")
    assert likely_duplicates(nom="Kaci", prenoms="Samira", contacts=[Contact("courriel", "samira@exemple.fr")]) == []


def test_another_town_proposes_nobody(samira: Usager, autre_ville: Collectivite) -> None:
    with collectivite_active(autre_ville.pk):
        assert likely_duplicates(nom="Ben Amar", prenoms="Samira", naissance_on=NEE) == []


def test_evidence_is_weighed_as_measured() -> None:
    one = Portrait(noms=frozenset({"kaci"}), prenom="samira", naissance_on=NEE, joints=frozenset({("mobile", "+336")}))
    rare = {"kaci": 1 / 1024}
    assert weigh(one, one, rarete=rare).points == 10 + 5 + 13 + 12
    assert weigh(one, Portrait(), rarete=rare).points == 0
    other = Portrait(noms=frozenset({"martin"}), prenom="paul", naissance_on=date(1950, 1, 1))
    assert weigh(one, other, rarete=rare).points == -5 - 4 - 8
