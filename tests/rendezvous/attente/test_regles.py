"""Who may wait, and how places are shared out: pure rules."""

from datetime import UTC, datetime, timedelta

import pytest

from collectivites.models import Lieu
from rendezvous.attente.regles import Parts, find_refus, is_held, is_worth, may_be_told
from rendezvous.creneaux.modele import Creneau
from rendezvous.etats import Etat
from rendezvous.models import DemandePlusTot, Motif, RendezVous

AT = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
RIEN = timedelta()


def build(days: int = 20, **fields: object) -> RendezVous:
    """An appointment in so many days, laid in no database."""
    of_motif = {"genre": "sur_place", "is_plus_tot": True, "is_collectif": False, "deplacable_minutes": 240}
    motif = Motif(collectivite_id=1, **{name: fields.pop(name, value) for name, value in of_motif.items()})
    rdv = RendezVous(collectivite_id=1, **({"debut_at": AT + timedelta(days=days), "etat": Etat.CONFIRME} | fields))
    rdv.motif, rdv.lieu = motif, Lieu(collectivite_id=1, fuseau="Europe/Paris")
    return rdv


def wait(rdv: RendezVous, **fields: object) -> DemandePlusTot:
    demande = DemandePlusTot(collectivite_id=1, created_at=AT, **fields)
    demande.rendezvous = rdv
    return demande


def creneau(at: datetime, ressource: int = 1, places: int = 1) -> Creneau:
    return Creneau(at, at + timedelta(minutes=20), 1, ressource, 1, 1, places_restantes=places)


@pytest.mark.parametrize(
    ("rdv", "refus"),
    [
        (build(), ""),
        (build(days=8), ""),
        (build(genre="visio"), ""),
        (build(days=7), "moins de 8"),
        (build(genre="telephone"), "ne permet pas"),
        (build(genre="domicile"), "ne permet pas"),
        (build(is_collectif=True), "ne permet pas"),
        (build(is_plus_tot=False), "ne permet pas"),
        (build(etat=Etat.PRESENT), "n'attend plus"),
        (build(days=-1), "n'attend plus"),
        (build(parcours_id=3), "parcours"),
        (build(deplacable_minutes=21 * 1440), "trop tard"),
    ],
)
def test_who_may_wait(rdv: RendezVous, refus: str) -> None:
    found = find_refus(rdv, jours=7, at=AT)
    assert refus in found
    assert bool(refus) == bool(found)


def test_three_messages_one_a_day_of_the_lieu() -> None:
    rdv = build()
    assert may_be_told(wait(rdv), at=AT)
    assert not may_be_told(wait(rdv, envois=3), at=AT)
    assert not may_be_told(wait(rdv, ended_at=AT), at=AT)
    late = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)  # already the 19th in Paris
    assert not may_be_told(wait(rdv, envois=1, dernier_at=late), at=AT)
    assert may_be_told(wait(rdv, envois=1, dernier_at=late - timedelta(hours=1)), at=AT)
    assert not may_be_told(wait(build(deplacable_minutes=21 * 1440)), at=AT)  # its link would refuse to move


def test_a_slot_worth_a_message() -> None:
    rdv = build(days=20)
    two_days_before = rdv.debut_at - timedelta(days=2)
    assert is_worth(creneau(two_days_before), wait(rdv))
    assert not is_worth(creneau(rdv.debut_at - timedelta(days=1)), wait(rdv))
    assert not is_worth(creneau(two_days_before), wait(rdv, propose_at=two_days_before))


def test_a_place_told_is_kept_a_day() -> None:
    told = wait(build(), propose_at=AT, dernier_at=AT)
    assert is_held(told, at=AT + timedelta(hours=23))
    assert not is_held(told, at=AT + timedelta(hours=24))


def test_never_more_people_than_places() -> None:
    parts, nine = Parts(), AT
    assert parts.claim(creneau(nine), RIEN)
    assert not parts.claim(creneau(nine), RIEN)
    assert not parts.claim(
        creneau(nine + timedelta(minutes=10)), RIEN
    )  # another motif, the same time of the same agent
    assert parts.claim(creneau(nine, ressource=2), RIEN)
    assert parts.claim(creneau(nine + timedelta(minutes=20)), RIEN)
    assert parts.claim(creneau(nine, ressource=3, places=2), RIEN)
    assert parts.claim(creneau(nine, ressource=3, places=2), RIEN)
    assert not parts.claim(creneau(nine, ressource=3, places=2), RIEN)
    assert not Parts(parts.taken).claim(creneau(nine - timedelta(minutes=20)), timedelta(minutes=5))  # its buffer
