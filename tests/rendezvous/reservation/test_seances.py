"""Collective sessions: seats, the time of who leads them, the day they are moved or cancelled."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from rendezvous.etats import Etat
from rendezvous.evenements import Genre
from rendezvous.models import Motif, Occupation, RendezVous, Seance
from rendezvous.reservation.actions import (
    book_rendezvous,
    cancel_rendezvous,
    cancel_seance,
    confirm_option,
    hold_creneau,
    move_rendezvous,
    move_seance,
    open_seance,
    resize_seance,
    sweep_options,
)
from rendezvous.reservation.refus import CreneauPris, RendezVousRefuse
from rendezvous.reservation.saisie import Participant
from tests.rendezvous.monde import make_motif
from tests.rendezvous.reservation.conftest import NEUF_HEURES, slot

HEURE = timedelta(hours=1)


@pytest.fixture
def atelier(service) -> Motif:
    return make_motif(service, "Atelier numérique", durees=(60, 60), is_collectif=True, places=3)


@pytest.fixture
def ouvrir(atelier, lieu, ressource, by, at):
    def run(**changes: object) -> Seance:
        asked = {"motif": atelier, "lieu": lieu, "ressource": ressource, "debut_at": NEUF_HEURES,
                 "fin_at": NEUF_HEURES + HEURE, "places": 3, "by": by, "at": at}  # fmt: skip
        return open_seance(**(asked | changes))

    return run


@pytest.fixture
def seance(ouvrir) -> Seance:
    return ouvrir()


@pytest.fixture
def inscrire(atelier, lieu, by, at):
    def run(seance: Seance, nom: str, personnes: int = 1) -> RendezVous:
        return book_rendezvous(
            creneau=slot(atelier, lieu, seance_id=seance.pk), motif=atelier, personnes=personnes,
            participants=[Participant(nom=nom)], clef=None, canal="guichet", by=by, at=at,
        )  # fmt: skip

    return run


def count(seance: Seance) -> int:
    return Seance.objects.get(pk=seance.pk).inscrits


def test_seats_are_taken_to_the_last_and_the_next_one_is_a_refusal(seance, inscrire) -> None:
    rdv = inscrire(seance, "Un")
    assert (rdv.seance, rdv.debut_at, rdv.fin_at) == (seance, seance.debut_at, seance.fin_at)
    inscrire(seance, "Deux", personnes=2)
    assert count(seance) == 3
    with pytest.raises(CreneauPris):
        inscrire(seance, "Trois")
    assert Occupation.objects.count() == 1  # the session holds its own time


def test_the_database_refuses_one_seat_too_many(seance) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Seance.objects.filter(pk=seance.pk).update(inscrits=4)


def test_a_session_takes_all_the_time_of_who_leads_it(seance, ouvrir, plage, reserve) -> None:
    with pytest.raises(CreneauPris):
        ouvrir(debut_at=NEUF_HEURES + HEURE / 2, fin_at=NEUF_HEURES + 2 * HEURE)
    with pytest.raises(CreneauPris):
        reserve(minutes=20)
    assert reserve(minutes=60)
    with pytest.raises(CreneauPris):
        ouvrir(debut_at=NEUF_HEURES + HEURE, fin_at=NEUF_HEURES + 2 * HEURE)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"fin_at": NEUF_HEURES}, "La fin vient après"),
        ({"fin_at": NEUF_HEURES + 20 * HEURE}, "le même jour"),
        ({"debut_at": NEUF_HEURES - 100 * HEURE}, "déjà passée"),
        ({"places": 0}, "de 1 à 500"),
    ],
)
def test_a_session_that_makes_no_sense_is_refused(ouvrir, changes, sentence) -> None:
    with pytest.raises(RendezVousRefuse, match=sentence):
        ouvrir(**changes)


def test_a_seat_held_then_lost_is_told_and_an_expired_one_given_back(
    seance, atelier, lieu, inscrire, public, at
) -> None:
    asked = {"creneau": slot(atelier, lieu, seance_id=seance.pk), "motif": atelier, "clef": None,
             "canal": "en_ligne", "by": public}  # fmt: skip
    option = hold_creneau(personnes=2, at=at - HEURE, **asked)
    assert count(seance) == 2
    inscrire(seance, "Un", personnes=2)  # the option had expired
    assert count(seance) == 2
    with pytest.raises(CreneauPris):
        confirm_option(rendezvous=option, participants=[Participant(nom="Deux")], by=public, at=at)
    held = hold_creneau(personnes=1, at=at, **asked)
    assert count(seance) == 3
    assert sweep_options(at=held.expire_at) == 1
    assert count(seance) == 2


def test_leaving_gives_the_seat_back_and_moving_takes_one_elsewhere(seance, ouvrir, inscrire, by, at, lieu) -> None:
    other = ouvrir(debut_at=NEUF_HEURES + 2 * HEURE, fin_at=NEUF_HEURES + 3 * HEURE, places=1)
    rdv, gone = inscrire(seance, "Un"), inscrire(seance, "Deux")
    cancel_rendezvous(rendezvous=gone, version=1, par="usager", raison="", by=by, at=at)
    moved = move_rendezvous(
        rendezvous=rdv, version=1, creneau=slot(seance.motif, lieu, seance_id=other.pk), by=by, at=at
    )
    assert (moved.seance, moved.debut_at, moved.sequence) == (other, other.debut_at, 1)
    assert (count(seance), count(other)) == (0, 1)


@pytest.mark.usefixtures("plage")
def test_cancelling_a_session_tells_everybody_and_frees_its_time(
    seance, inscrire, lieu, by, at, entendus, reserve
) -> None:
    inscrire(seance, "Un"), inscrire(seance, "Deux")
    hold_creneau(
        creneau=slot(seance.motif, lieu, seance_id=seance.pk), motif=seance.motif, personnes=1, clef=None,
        canal="guichet", by=by, at=at,
    )  # fmt: skip
    entendus.clear()
    assert cancel_seance(seance=seance, version=1, raison="Salle fermée", by=by, at=at) == 2
    assert [(fait.genre, fait.rendezvous.raison) for fait in entendus] == [(Genre.ANNULE, "Salle fermée")] * 2
    assert set(RendezVous.objects.values_list("etat", flat=True)) == {Etat.ANNULE_SERVICE}
    assert count(seance) == 0
    with pytest.raises(RendezVousRefuse, match="annulée"):
        inscrire(seance, "Trois")
    assert reserve(minutes=20)


def test_moving_a_session_moves_everybody_and_tells_them(seance, inscrire, by, at, entendus) -> None:
    rdv = inscrire(seance, "Un")
    entendus.clear()
    later = NEUF_HEURES + HEURE / 2  # over its own time
    move_seance(seance=seance, version=1, debut_at=later, fin_at=later + HEURE, by=by, at=at)
    rdv.refresh_from_db()
    assert (rdv.debut_at, rdv.sequence, rdv.version) == (later, 1, 2)
    assert Occupation.objects.get().debut_at == later
    assert [(fait.genre, fait.avant) for fait in entendus] == [(Genre.DEPLACE, NEUF_HEURES)]


def test_seats_are_added_but_not_taken_from_who_has_them(seance, inscrire, by, at) -> None:
    inscrire(seance, "Un", personnes=2)
    assert resize_seance(seance=seance, version=1, places=2, titre="Débuter", by=by, at=at).places == 2
    with pytest.raises(RendezVousRefuse, match="2 personnes sont déjà inscrites"):
        resize_seance(seance=seance, version=2, places=1, titre="", by=by, at=at)
