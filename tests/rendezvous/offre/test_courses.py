"""A booking and a change of the offer at the same time, in real transactions: neither misses the other."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from django.db import connection

from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite, Service
from rendezvous.models import Indisponibilite, PlageOuverture, RendezVous
from rendezvous.offre.actions import retire_plage, save_indisponibilite, skip_day
from rendezvous.offre.orphelins import list_orphelins
from rendezvous.offre.relecture import is_offered
from rendezvous.reservation.actions import book_rendezvous
from rendezvous.reservation.refus import CreneauPris
from rendezvous.reservation.saisie import Participant
from tests.rendezvous.conftest import PARIS
from tests.rendezvous.monde import make_agent, make_lieu, make_motif, make_plage, make_ressource
from tests.rendezvous.reservation.conftest import LUNDI, NEUF_HEURES, slot

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 19, 10, 0, tzinfo=PARIS)
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 7701 AND NOT granted"
Changer = Callable[[PlageOuverture, Acteur], list[RendezVous]]


@pytest.fixture
def plage(db: None) -> PlageOuverture:
    """Monday morning, one agent."""
    town = Collectivite.objects.create(slug="aurelle", nom="Aurelle")
    with collectivite_active(town.pk):
        service = Service.objects.create(nom="État civil", domaine="etat_civil")
        ressource = make_ressource(make_agent(town, "Claire Moreau", service))
        return make_plage(
            ressource, make_lieu(), make_motif(service), jours=(LUNDI,), regle="FREQ=WEEKLY;BYDAY=MO"
        )  # fmt: skip


@pytest.fixture
def acteur(plage: PlageOuverture) -> Acteur:
    return Acteur(nature="agent", libelle="Claire Moreau", agent_id=plage.ressource.agent_id)


def book(plage: PlageOuverture, by: Acteur) -> RendezVous:
    motif = plage.liens_motifs.select_related("motif__service").get().motif
    return book_rendezvous(
        creneau=slot(motif, plage.lieu, plage.ressource), motif=motif, personnes=1, clef=None, canal="guichet",
        participants=[Participant(nom="Ben Amar")], by=by, at=AT,
    )  # fmt: skip


def retire(plage: PlageOuverture, by: Acteur) -> list[RendezVous]:
    return retire_plage(plage=plage, version=1, by=by, at=AT)


def skip(plage: PlageOuverture, by: Acteur) -> list[RendezVous]:
    return skip_day(plage=plage, jour=LUNDI, version=1, by=by, at=AT).orphelins


def leave(plage: PlageOuverture, by: Acteur) -> list[RendezVous]:
    rule = Indisponibilite(ressource=plage.ressource, debut_on=LUNDI, libelle="Formation")
    return save_indisponibilite(indisponibilite=rule, by=by, at=AT)


def in_ville(ville: int, geste: Callable[[], list[RendezVous]]) -> list[RendezVous]:
    """In a thread: its own connection, its own transaction."""
    try:
        with collectivite_active(ville):
            return geste()
    finally:
        connection.close()


def wait_for(other: Future[Any], superutilisateur: psycopg.Connection) -> None:
    """Until the other one waits for a lock, or is done: five seconds at most."""
    pause = Event()
    for _ in range(500):
        row = superutilisateur.execute(WAITING).fetchone()
        if other.done() or (row and row[0]):
            return
        pause.wait(0.01)


def change_during_a_booking(
    plage: PlageOuverture, by: Acteur, changer: Changer, superutilisateur: psycopg.Connection
) -> list[RendezVous]:
    """Book; before the commit somebody changes the offer; commit once they wait, or are done. Return who they see."""
    ville = plage.collectivite_id
    with ThreadPoolExecutor(1) as pool:
        with collectivite_active(ville):
            book(plage, by)
            other = pool.submit(in_ville, ville, lambda: changer(plage, by))
            wait_for(other, superutilisateur)
        return other.result(timeout=30)


@pytest.mark.parametrize("changer", [retire, skip, leave])
def test_a_change_waits_for_the_booking_under_way_and_lists_it(plage, acteur, superutilisateur, changer) -> None:
    seen = change_during_a_booking(plage, acteur, changer, superutilisateur)
    with collectivite_active(plage.collectivite_id):
        assert seen == list(RendezVous.objects.all())


def test_without_the_lock_the_change_would_not_see_it(plage, acteur, superutilisateur) -> None:
    """The negative control: nobody is told of an appointment that is an orphan all the same."""
    with patch("rendezvous.offre.relecture.lock_ressources", lambda *_, **__: None):
        assert change_during_a_booking(plage, acteur, retire, superutilisateur) == []
    with collectivite_active(plage.collectivite_id):
        assert len(list_orphelins(RendezVous.objects.all(), at=AT)) == 1


@pytest.mark.parametrize("changer", [retire, skip, leave])
def test_what_a_booking_reads_again_under_the_lock(plage, acteur, changer) -> None:
    with collectivite_active(plage.collectivite_id):
        motif, end = plage.liens_motifs.get().motif_id, NEUF_HEURES + timedelta(minutes=20)
        asked = {"ressource_id": plage.ressource_id, "lieu": plage.lieu, "motif_id": motif, "place": 1,
                 "debut_at": NEUF_HEURES, "fin_at": end}  # fmt: skip
        assert is_offered(**asked)
        assert not is_offered(**(asked | {"place": 2}))
        assert not is_offered(**(asked | {"motif_id": motif + 1}))
        assert not is_offered(**(asked | {"fin_at": end + timedelta(hours=3)}))
        changer(plage, acteur)
        assert not is_offered(**asked)


def book_during_a_change(
    plage: PlageOuverture, by: Acteur, changer: Changer, superutilisateur: psycopg.Connection
) -> list[RendezVous]:
    """Change the offer; before the commit somebody books what they still see; commit once they wait."""
    ville = plage.collectivite_id
    with ThreadPoolExecutor(1) as pool:
        with collectivite_active(ville):
            assert changer(plage, by) == []
            other = pool.submit(in_ville, ville, lambda: [book(plage, by)])
            wait_for(other, superutilisateur)
        return other.result(timeout=30)


@pytest.mark.parametrize("changer", [retire, skip, leave])
def test_a_booking_reads_the_offer_again_once_the_change_is_made(plage, acteur, superutilisateur, changer) -> None:
    with pytest.raises(CreneauPris):
        book_during_a_change(plage, acteur, changer, superutilisateur)


def test_without_that_reading_the_booking_would_be_an_orphan(plage, acteur, superutilisateur) -> None:
    """The negative control."""
    with patch("rendezvous.reservation.places.is_offered", lambda **_: True):
        assert book_during_a_change(plage, acteur, retire, superutilisateur)
    with collectivite_active(plage.collectivite_id):
        assert len(list_orphelins(RendezVous.objects.all(), at=AT)) == 1
