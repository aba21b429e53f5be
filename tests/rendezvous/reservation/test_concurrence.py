"""Real threads, real transactions: one slot has one owner, one form one appointment, one session its seats."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Barrier
from unittest.mock import patch
from uuid import uuid4

import psycopg
import pytest
from django.db import OperationalError, connection

from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite, Lieu, Service
from rendezvous.models import Motif, Occupation, Participation, RendezVous, Ressource, Seance
from rendezvous.reservation import places
from rendezvous.reservation.actions import (
    book_all,
    book_rendezvous,
    cancel_rendezvous,
    confirm_option,
    hold_creneau,
    move_rendezvous,
    open_seance,
    sweep_options,
)
from rendezvous.reservation.places import Besoin, Prise
from rendezvous.reservation.refus import CreneauPris, RendezVousRefuse, VersionPerimee
from rendezvous.reservation.saisie import Participant, Reservation
from rendezvous.reservation.verrous import retry_deadlock
from rendezvous.verrous import lock_ressources
from tests.rendezvous.conftest import PARIS
from tests.rendezvous.monde import make_agent, make_lieu, make_motif, make_plage, make_ressource
from tests.rendezvous.reservation.conftest import LUNDI, NEUF_HEURES, slot

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 19, 10, 0, tzinfo=PARIS)
PRESSES = 16


@dataclass
class Ville:
    """Two agents who receive on Monday morning."""

    pk: int
    lieu: Lieu
    motif: Motif
    ressources: list[Ressource]
    by: Acteur


@pytest.fixture
def ville(db: None) -> Ville:
    town = Collectivite.objects.create(slug="aurelle", nom="Aurelle")
    with collectivite_active(town.pk):
        service = Service.objects.create(nom="État civil", domaine="etat_civil")
        agents = [make_agent(town, nom, service) for nom in ("Claire Moreau", "Yann Le Goff")]
        lieu, motif = make_lieu(), make_motif(service)
        ressources = [make_ressource(agent) for agent in agents]
        for ressource in ressources:
            make_plage(ressource, lieu, motif, jours=(LUNDI,))
        by = Acteur(nature="agent", libelle="Claire Moreau", agent_id=agents[0].pk)
    return Ville(town.pk, lieu, motif, ressources, by)


def together(ville: Ville, gestes: list[Callable[[], object]]) -> Counter[str]:
    """Run each in its thread and its transaction, let go together; count how they ended."""
    start = Barrier(len(gestes))

    def run(geste: Callable[[], object]) -> str:
        start.wait(timeout=30)
        try:
            with collectivite_active(ville.pk):
                geste()
        except (CreneauPris, RendezVousRefuse, VersionPerimee) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "fait"

    with ThreadPoolExecutor(len(gestes)) as pool:
        return Counter(pool.map(run, gestes))


def book(ville: Ville, nom: str, *, ressource: int = 0, minutes: int = 0, **changes: object) -> RendezVous:
    host = ville.ressources[ressource - 1] if ressource else None
    asked = {"creneau": slot(ville.motif, ville.lieu, host, minutes=minutes), "motif": ville.motif, "personnes": 1,
             "participants": [Participant(nom=nom, courriel=f"{nom}@exemple.fr")], "clef": None, "canal": "guichet",
             "by": ville.by, "at": AT}  # fmt: skip
    return book_rendezvous(**(asked | changes))


def count_doubles(superutilisateur: psycopg.Connection) -> int:
    """Pairs of appointments that share a place of a resource at one time."""
    row = superutilisateur.execute(
        "SELECT count(*) FROM rendezvous_occupation a JOIN rendezvous_occupation b ON a.id < b.id "
        "AND a.ressource_id = b.ressource_id AND a.place = b.place AND a.is_actif AND b.is_actif "
        "AND tstzrange(a.debut_at, a.fin_at) && tstzrange(b.debut_at, b.fin_at)"
    ).fetchone()
    return int(row[0])


def test_sixteen_on_one_slot_one_has_it_and_fifteen_are_told(ville, superutilisateur) -> None:
    for tour in range(3):
        gestes = [lambda n=n, tour=tour: book(ville, f"n{n}", ressource=1, minutes=tour * 20) for n in range(PRESSES)]
        assert together(ville, gestes) == {"fait": 1, "CreneauPris": 15}
    assert count_doubles(superutilisateur) == 0


def test_sixteen_on_any_free_agent_two_have_it(ville, superutilisateur) -> None:
    gestes = [lambda n=n: book(ville, f"n{n}") for n in range(PRESSES)]
    assert together(ville, gestes) == {"fait": 2, "CreneauPris": 14}
    assert count_doubles(superutilisateur) == 0


@contextmanager
def disarmed(superutilisateur: psycopg.Connection) -> Iterator[None]:
    """Booking without its locks nor the constraint: what open peers do, check then insert."""
    superutilisateur.execute("ALTER TABLE rendezvous_occupation DROP CONSTRAINT occupation_sans_double")
    seen = Barrier(PRESSES)
    occupy = places._occupy

    def occupy_late(besoin: Besoin, essai: Prise, *, at: datetime) -> Prise:
        found = occupy(besoin, essai, at=at)
        seen.wait(timeout=30)  # all have checked, none has inserted
        return found

    with ExitStack() as stack:
        for name in ("rendezvous.reservation.places.lock_ressources", "rendezvous.reservation.actions.lock_clefs"):
            stack.enter_context(patch(name, lambda *_, **__: None))
        stack.enter_context(patch.object(places, "_occupy", occupy_late))
        yield


def test_without_locks_and_constraint_the_sixteen_would_have_it(ville, superutilisateur) -> None:
    """The negative control: the tests above would see a double booking."""
    with disarmed(superutilisateur):
        gestes = [lambda n=n: book(ville, f"n{n}", ressource=1) for n in range(PRESSES)]
        assert together(ville, gestes) == {"fait": PRESSES}
    assert count_doubles(superutilisateur) == PRESSES * (PRESSES - 1) // 2


def test_without_the_locks_the_constraint_alone_still_refuses(ville, superutilisateur) -> None:
    with patch("rendezvous.reservation.places.lock_ressources", lambda *_, **__: None):
        gestes = [lambda n=n: without_lock(ville, n) for n in range(PRESSES)]
        assert together(ville, gestes) == {"fait": 1, "CreneauPris": 15}
    assert count_doubles(superutilisateur) == 0


def without_lock(ville: Ville, rank: int) -> None:
    """What the locks are for: without them PostgreSQL may break a deadlock at the price of one of the sixteen."""
    try:
        book(ville, f"n{rank}", ressource=1)
    except OperationalError as error:
        if not isinstance(error.__cause__, psycopg.errors.DeadlockDetected):
            raise
        raise CreneauPris from error


def test_one_form_sent_sixteen_times_is_one_appointment_and_one_person(ville) -> None:
    clef = uuid4()
    assert together(ville, [lambda: book(ville, "mael", clef=clef)] * PRESSES) == {"fait": PRESSES}
    with collectivite_active(ville.pk):
        assert RendezVous.objects.count() == Participation.objects.count() == 1


def test_one_stranger_in_sixteen_tabs_has_one_appointment_at_that_hour(ville) -> None:
    """Other keys, other agents: the person is the same, and so is the motif."""
    outcomes = together(ville, [lambda: book(ville, "mael")] * PRESSES)
    assert outcomes["fait"] == 1
    with collectivite_active(ville.pk):
        assert len(set(Participation.objects.values_list("usager", flat=True))) == 1


def test_confirming_moving_cancelling_and_sweeping_at_once_leave_one_truth(ville, superutilisateur) -> None:
    with collectivite_active(ville.pk):
        one, two = book(ville, "un", ressource=1), book(ville, "deux", ressource=2, minutes=20)
        option = hold_creneau(creneau=slot(ville.motif, ville.lieu, ville.ressources[0], minutes=40), clef=None,
                              motif=ville.motif, personnes=1, canal="guichet", by=ville.by, at=AT)  # fmt: skip
    late = AT + timedelta(hours=1)

    def swap(rdv: RendezVous, host: int, minutes: int) -> Callable[[], object]:
        creneau = slot(ville.motif, ville.lieu, ville.ressources[host], minutes=minutes)
        return lambda: move_rendezvous(rendezvous=rdv, version=1, creneau=creneau, by=ville.by, at=AT)

    outcomes = together(ville, [
        swap(one, 1, 60), swap(two, 0, 60), swap(one, 0, 80), swap(two, 1, 80),
        lambda: cancel_rendezvous(rendezvous=one, version=1, par="usager", raison="", by=ville.by, at=AT),
        lambda: confirm_option(rendezvous=option, participants=[Participant(nom="trois")], by=ville.by, at=late),
        lambda: confirm_option(rendezvous=option, participants=[Participant(nom="trois")], by=ville.by, at=late),
        lambda: sweep_options(at=late), lambda: sweep_options(at=late),
        lambda: book(ville, "quatre", ressource=1, minutes=40, at=late),
    ])  # fmt: skip
    assert outcomes["fait"] >= 5  # one move or cancel each, both sweeps, whoever has the third slot
    assert count_doubles(superutilisateur) == 0
    with collectivite_active(ville.pk):
        assert not RendezVous.objects.filter(etat="option").exists()
        assert Occupation.objects.filter(debut_at=NEUF_HEURES + timedelta(minutes=40), is_actif=True).count() == 1
        assert {rdv.version for rdv in RendezVous.objects.filter(pk__in=[one.pk, two.pk])} == {2}


def test_visits_that_want_the_same_agents_in_opposite_orders_do_not_block_each_other(ville, superutilisateur) -> None:
    def visit(number: int) -> Callable[[], object]:
        first, second = ville.ressources if number % 2 else reversed(ville.ressources)
        asked = [
            Reservation(slot(ville.motif, ville.lieu, host, minutes=number * 20 + 20 * rank), ville.motif,
                        (Participant(nom=f"n{number}"),), "guichet")
            for rank, host in enumerate((first, second))
        ]  # fmt: skip
        return lambda: book_all(demandes=asked, by=ville.by, at=AT)

    outcomes = together(ville, [visit(number) for number in range(8)])
    assert set(outcomes) <= {"fait", "CreneauPris"}
    assert count_doubles(superutilisateur) == 0
    with collectivite_active(ville.pk):
        assert RendezVous.objects.count() == 2 * outcomes["fait"]


def test_sixteen_on_a_session_of_five(ville) -> None:
    with collectivite_active(ville.pk):
        atelier = make_motif(ville.motif.service, "Atelier", is_collectif=True, places=5)
        seance = open_seance(motif=atelier, lieu=ville.lieu, ressource=ville.ressources[0], debut_at=NEUF_HEURES,
                             fin_at=NEUF_HEURES + timedelta(hours=1), places=5, by=ville.by, at=AT)  # fmt: skip
    creneau = slot(atelier, ville.lieu, seance_id=seance.pk)
    gestes = [lambda n=n: book(ville, f"n{n}", creneau=creneau, motif=atelier) for n in range(PRESSES)]
    assert together(ville, gestes) == {"fait": 5, "CreneauPris": 11}
    with collectivite_active(ville.pk):
        assert Seance.objects.get().inscrits == RendezVous.objects.count() == 5


def cross(ville: Ville, geste: Callable[[int, int], None]) -> Counter[str]:
    """Two transactions, each having one resource and wanting the other's."""
    held = Barrier(2)
    attempts: Counter[tuple[int, int]] = Counter()

    def run(first: int, second: int) -> Callable[[], object]:
        def once() -> None:
            lock_ressources([first])
            attempts[first, second] += 1
            if attempts[first, second] == 1:
                held.wait(timeout=30)
            lock_ressources([second])

        return lambda: geste(once)

    a, b = (ressource.pk for ressource in ville.ressources)
    together(ville, [run(a, b), run(b, a)])
    return Counter(attempts.values())


def test_a_deadlock_is_run_again_once_even_inside_a_request(ville) -> None:
    """Going back to the savepoint frees the victim's locks: the other one ends, the second attempt waits its turn."""
    from django.db import transaction  # noqa: PLC0415 beside what it shows

    assert cross(ville, lambda once: retry_deadlock(transaction.atomic(once))()) == {1: 1, 2: 1}


def test_without_the_second_attempt_a_deadlock_would_surface(ville) -> None:
    """The negative control of the one above."""
    from django.db import OperationalError, transaction  # noqa: PLC0415 same

    with pytest.raises(OperationalError, match="deadlock detected"):
        cross(ville, lambda once: transaction.atomic(once)())
