"""Who may see a demande: the code, and who asked; never the code alone."""

from datetime import datetime

import pytest

from citoyens.actions import create_usager
from citoyens.models import Usager
from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite
from demandes.models import Demande
from demandes.suivi.clefs import find_demande, read_code, read_passe, sign_passe
from demandes.suivi.liens import build_lien_suivi
from tests.demandes.conftest import Ouvrir

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "qui",
    ["Ben Amar", "samira BEN-AMAR", "Samira@Exemple.fr", "06 39 98 12 34", "+33639981234", "Madame Ben Amar Samira"],
)
def test_the_code_and_who_asked_open(demande: Demande, qui: str) -> None:
    assert find_demande(code=demande.code_suivi.lower().replace("-", " "), qui=qui) == demande


@pytest.mark.parametrize(
    "qui", ["", " ", "Samira", "Amar", "Ben", "Durand", "autre@exemple.fr", "06 39 98 00 00", "-"]
)
def test_the_code_alone_or_half_a_name_opens_nothing(demande: Demande, qui: str) -> None:
    assert find_demande(code=demande.code_suivi, qui=qui) is None


def test_many_names_at_once_open_nothing(demande: Demande) -> None:
    """Else one try would be thirty: the commonest names of the country fit in the field."""
    assert find_demande(code=demande.code_suivi, qui="Martin Bernard Petit Robert Richard Durand Ben Amar") is None


def test_who_wrote_first_is_known_even_without_profile(ouvrir: Ouvrir) -> None:
    demande = ouvrir(usager=None, adresse="inconnu@exemple.fr")
    assert find_demande(code=demande.code_suivi, qui="inconnu@exemple.fr") == demande
    assert find_demande(code=demande.code_suivi, qui="inconnu") is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [("qz4k8ttm", "QZ4K-8TTM"), (" QZ4K - 8TTM ", "QZ4K-8TTM"), ("QZ4K", ""), ("", ""), ("QZ4K-8TTM-9", "")],
)
def test_a_code_is_read_as_people_type_it(typed: str, code: str) -> None:
    assert read_code(typed) == code


def test_a_pass_opens_its_demande_in_its_town_only(demande: Demande) -> None:
    passe = sign_passe(demande)
    assert read_passe(passe) == demande
    assert read_passe(f"{passe}x") is None
    other = Collectivite.objects.create(slug="ailleurs", nom="Ailleurs")
    with collectivite_active(other.pk):
        assert read_passe(passe) is None


def test_a_pass_lasts_two_hours(demande: Demande, monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    passe = sign_passe(demande)
    import time  # noqa: PLC0415

    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 2 * 3600 + 5)
    assert read_passe(passe) is None


def test_the_link_of_a_message_holds_the_code_and_opens_nothing_by_itself(demande: Demande, settings: object) -> None:
    settings.URL_PUBLIQUE = "https://guichet.exemple/"  # type: ignore[attr-defined]
    assert build_lien_suivi(demande) == f"https://guichet.exemple/usager/aurelle/suivi/?code={demande.code_suivi}"


def test_the_code_of_a_merged_demande_leads_to_the_one_kept_for_the_same_person(
    ouvrir: Ouvrir, at: datetime, by: Acteur
) -> None:
    kept, mine, theirs = ouvrir(), ouvrir(), ouvrir(usager=neighbour(by, at))
    closed = {"etat": "close", "issue": "doublon", "closed_at": at, "fusionnee_dans": kept}
    Demande.objects.filter(pk__in=[mine.pk, theirs.pk]).update(**closed)
    assert find_demande(code=mine.code_suivi, qui="Ben Amar") == kept
    assert find_demande(code=theirs.code_suivi, qui="Durand") == theirs


def neighbour(by: Acteur, at: datetime) -> Usager:
    return create_usager(nature="personne", nom="Durand", prenoms="Jean", by=by, at=at)
