"""The state in plain words, and the next date."""

from datetime import date, datetime, timedelta

import pytest

from demandes.cycle import Etat, Issue
from demandes.models import Demande, DemandeComplement, TypeDemande
from demandes.suivi.etat import PHRASES, choose_mot, list_prochaines
from tests.demandes.conftest import PARIS

NOW = datetime(2026, 11, 12, 16, 40, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("etat", "issue", "has_complement", "mot"),
    [
        ("nouvelle", "", False, "Reçue"),
        ("a_traiter", "", False, "Reçue"),
        ("en_cours", "", False, "En cours"),
        ("en_attente_tiers", "", False, "En cours"),
        ("en_attente_usager", "", False, "À compléter"),
        ("en_cours", "", True, "À compléter"),
        ("traitee", "", False, "Traitée"),
        ("close", "satisfaite", True, "Traitée"),
        ("close", "refusee", False, "Traitée"),
        ("close", "transmise", False, "Transmise"),
        ("close", "abandonnee", False, "Annulée"),
    ],
)
def test_six_words(etat: str, issue: str, has_complement: bool, mot: str) -> None:
    assert choose_mot(etat=etat, issue=issue, has_complement=has_complement) == mot


def test_every_state_and_issue_has_a_word() -> None:
    words = {choose_mot(etat=etat, issue="", has_complement=False) for etat in Etat.values if etat != "close"}
    words |= {choose_mot(etat="close", issue=issue, has_complement=False) for issue in Issue.values}
    assert words == set(PHRASES)


def told(demande: Demande, complement: DemandeComplement | None = None) -> list[str]:
    found = list_prochaines(demande, complement, now=NOW, fuseau="Europe/Paris")
    return [each.texte.replace("\u00a0", " ").replace("\u202f", " ") for each in found]


def kind(regime: str) -> TypeDemande:
    return TypeDemande(collectivite_id=1, regime_silence=regime)


def test_the_promise_then_what_silence_means() -> None:
    demande = Demande(collectivite_id=1, etat="en_cours", echeance_at=NOW + timedelta(days=7),
                      legale_on=date(2027, 1, 12), type=kind("svr"))  # fmt: skip
    assert told(demande) == [
        "Vous aurez une réponse au plus tard le jeudi 19 novembre 2026.",
        "Si vous n'avez pas de réponse le mardi 12 janvier 2027, votre demande sera considérée comme refusée.",
    ]


def test_late_is_said() -> None:
    demande = Demande(collectivite_id=1, etat="en_cours", echeance_at=NOW - timedelta(days=1),
                      legale_on=date(2026, 11, 1), type=kind("sva"))  # fmt: skip
    assert told(demande) == [
        "Une réponse était prévue pour le mercredi 11 novembre 2026. Nous sommes en retard.",
        "Sans réponse de notre part le dimanche 1er novembre 2026, votre demande est considérée comme acceptée.",
    ]


def test_what_the_usager_owes_comes_first() -> None:
    demande = Demande(collectivite_id=1, etat="en_attente_usager", echeance_at=NOW + timedelta(days=7))
    complement = DemandeComplement(collectivite_id=1, delai_on=date(2026, 12, 12), is_indispensable=True)
    assert told(demande, complement) == [
        "Envoyez les éléments demandés au plus tard le samedi 12 décembre 2026.",
        "Le délai de réponse est arrêté jusqu'à ce que nous les recevions.",
    ]
    complement.is_indispensable = False
    assert told(demande, complement)[1] == "Vous aurez une réponse au plus tard le jeudi 19 novembre 2026."


def test_a_closed_demande_promises_nothing() -> None:
    assert told(Demande(collectivite_id=1, etat="close", echeance_at=NOW)) == []
