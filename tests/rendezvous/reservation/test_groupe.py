"""Several stops in one transaction: all of them, or none; each person once."""

from uuid import uuid4

import pytest

from citoyens.models import Usager
from rendezvous.models import Occupation, Participation, RendezVous
from rendezvous.reservation.actions import book_all
from rendezvous.reservation.refus import ClefDejaServie, CreneauPris
from rendezvous.reservation.saisie import Participant, Reservation
from tests.rendezvous.monde import make_motif, make_plage
from tests.rendezvous.reservation.conftest import LUNDI, slot

pytestmark = pytest.mark.usefixtures("plage")
MAEL = Participant(nom="Le Goff", prenom="Maël")


@pytest.fixture
def etapes(service, motif, lieu, ressource) -> list[Reservation]:
    ecole = make_motif(service, "Inscription scolaire")
    make_plage(ressource, lieu, ecole, jours=(LUNDI,))
    return [
        Reservation(slot(motif, lieu), motif, (MAEL,), "guichet", clef=uuid4(), rang=1),
        Reservation(slot(ecole, lieu, minutes=30), ecole, (MAEL,), "guichet", clef=uuid4(), rang=2),
    ]


def test_every_stop_is_booked_for_one_person(etapes, by, at) -> None:
    booked = book_all(demandes=etapes, by=by, at=at)
    assert [rdv.rang_parcours for rdv in booked] == [1, 2]
    assert len({row.usager_id for row in Participation.objects.all()}) == 1
    first, second = (int(rdv.numero.removeprefix("RDV-2026-")) for rdv in booked)
    assert first < second
    assert book_all(demandes=etapes, by=by, at=at) == booked
    assert Usager.objects.count() == 1


def test_one_stop_lost_and_nothing_is_booked(etapes, reserve, by, at) -> None:
    reserve(minutes=40)
    before = Usager.objects.count()
    with pytest.raises(CreneauPris) as refusal:
        book_all(demandes=etapes, by=by, at=at)
    assert refusal.value.alternatives[0].motif_id == etapes[1].motif.pk
    assert (RendezVous.objects.count(), Occupation.objects.count()) == (1, 1)
    assert Usager.objects.count() == before


def test_keys_served_for_something_else_are_refused(etapes, by, at) -> None:
    book_all(demandes=etapes, by=by, at=at)
    first, second = etapes
    swapped = [Reservation(second.creneau, second.motif, (MAEL,), "guichet", clef=first.clef), first]
    with pytest.raises(ClefDejaServie):
        book_all(demandes=swapped, by=by, at=at)
