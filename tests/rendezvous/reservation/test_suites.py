"""After the booking: moving, cancelling, marking, writing a note; the version, the limits, what is told."""

from datetime import timedelta
from uuid import uuid4

import pytest

from citoyens.models import Interaction
from collectivites.acteur import Acteur
from rendezvous.etats import Etat
from rendezvous.evenements import Genre
from rendezvous.models import Motif, Occupation, Participation, RendezVous
from rendezvous.reservation.actions import (
    cancel_rendezvous,
    hold_creneau,
    mark_rendezvous,
    move_rendezvous,
    update_note,
)
from rendezvous.reservation.refus import CreneauPris, RendezVousRefuse, VersionPerimee
from rendezvous.reservation.saisie import Participant
from tests.rendezvous.monde import make_agent, make_plage, make_ressource
from tests.rendezvous.reservation.conftest import LUNDI, NEUF_HEURES, slot

pytestmark = pytest.mark.usefixtures("plage")


@pytest.fixture
def rdv(reserve) -> RendezVous:
    return reserve()


@pytest.fixture
def move(rdv, motif, lieu, by, at):
    def run(minutes: int = 60, **changes: object) -> RendezVous:
        asked = {"rendezvous": rdv, "version": rdv.version, "creneau": slot(motif, lieu, minutes=minutes), "by": by,
                 "at": at}  # fmt: skip
        return move_rendezvous(**(asked | changes))

    return run


@pytest.fixture
def cancel(rdv, by, at):
    def run(**changes: object) -> RendezVous:
        asked = {"rendezvous": rdv, "version": rdv.version, "par": "service", "raison": "Agent absent", "by": by,
                 "at": at}  # fmt: skip
        return cancel_rendezvous(**(asked | changes))

    return run


def mark(rdv: RendezVous, etat: str, by: Acteur, *, minutes: int = 0) -> RendezVous:
    moment = NEUF_HEURES + timedelta(minutes=minutes)
    return mark_rendezvous(rendezvous=rdv, version=rdv.version, etat=etat, by=by, at=moment)


def test_a_move_keeps_the_row_of_time_and_raises_the_revision(move, rdv, entendus) -> None:
    taken = Occupation.objects.get()
    moved = move(60)
    assert (moved.pk, moved.sequence, moved.version, moved.numero) == (rdv.pk, 1, 2, rdv.numero)
    now = Occupation.objects.get()
    assert (now.pk, now.debut_at) == (taken.pk, NEUF_HEURES + timedelta(minutes=60))
    assert Participation.objects.get().jeton_expire_at == moved.fin_at + timedelta(hours=24)
    assert [(fait.genre, fait.avant) for fait in entendus] == [(Genre.DEPLACE, NEUF_HEURES)]
    row = Interaction.objects.latest("pk")
    assert row.resume.startswith("Lundi 23\u00a0novembre à 10\u00a0h, Hôtel de ville (auparavant lundi 23")


def test_a_move_over_its_own_time_is_allowed_and_over_another_is_not(move, reserve) -> None:
    reserve(minutes=40, participants=[Participant(nom="Le Goff")])
    with pytest.raises(CreneauPris):
        move(30)
    assert move(10).debut_at == NEUF_HEURES + timedelta(minutes=10)


def test_a_failed_move_changes_nothing(move, reserve, rdv) -> None:
    reserve(minutes=40, participants=[Participant(nom="Le Goff")])
    with pytest.raises(CreneauPris):
        move(40)
    rdv.refresh_from_db()
    assert (rdv.debut_at, rdv.version, rdv.sequence) == (NEUF_HEURES, 1, 0)
    assert Occupation.objects.get(rendezvous=rdv).debut_at == NEUF_HEURES


def test_a_move_releases_the_option_held_for_it(move, motif, lieu, by, at, entendus) -> None:
    option = hold_creneau(
        creneau=slot(motif, lieu, minutes=60), motif=motif, personnes=1, clef=uuid4(), canal="en_ligne", by=by, at=at
    )
    with pytest.raises(CreneauPris):
        move(60)
    assert move(60, option=option).debut_at == NEUF_HEURES + timedelta(minutes=60)
    assert not RendezVous.objects.filter(pk=option.pk).exists()
    assert [fait.genre for fait in entendus] == [Genre.DEPLACE]


def test_a_move_may_change_who_receives(move, ville, service, lieu, motif) -> None:
    other = make_ressource(make_agent(ville, "Yann Le Goff", service))
    make_plage(other, lieu, motif, jours=(LUNDI,))
    move(0, creneau=slot(motif, lieu, other))
    assert Occupation.objects.get().ressource == other


def test_a_stale_version_is_refused_and_told_what_happened(move, rdv, cancel) -> None:
    move(60)
    with pytest.raises(VersionPerimee, match="Claire Moreau — rendez-vous déplacé"):
        cancel()
    assert Occupation.objects.get().is_actif


def test_usagers_move_and_cancel_until_the_limits_agents_after(move, cancel, public, rdv) -> None:
    late = NEUF_HEURES - timedelta(hours=3)
    with pytest.raises(RendezVousRefuse, match=r"pour le déplacer en ligne\u00a0: .* jusqu'à 4\u00a0h avant"):
        move(60, by=public, at=late)
    with pytest.raises(RendezVousRefuse, match="Appelez le 01\u00a099\u00a000\u00a012\u00a034"):
        cancel(by=public, at=late)
    assert move(60, at=late).version == 2
    rdv.refresh_from_db()
    assert cancel(version=2, at=late).etat == Etat.ANNULE_SERVICE


def test_a_moved_usager_is_held_to_the_delays_of_the_motif(move, motif, public) -> None:
    Motif.objects.filter(pk=motif.pk).update(delai_min_minutes=7 * 24 * 60)
    with pytest.raises(RendezVousRefuse, match="au moins 7\u00a0j"):
        move(60, by=public)


def test_no_move_to_the_same_time_nor_once_it_is_over(move, rdv, by) -> None:
    with pytest.raises(RendezVousRefuse, match="déjà à cette heure"):
        move(0)
    done = mark(rdv, Etat.HONORE, by)
    with pytest.raises(RendezVousRefuse, match="à venir"):
        move(60, version=done.version)


def test_cancelling_frees_at_once_and_the_usager_who_acts_is_the_one_who_cancels(
    cancel, reserve, public, rdv, entendus
) -> None:
    gone = cancel(by=public, par="service", raison="Empêchée")
    assert (gone.etat, gone.raison, gone.cancelled_at is not None) == (Etat.ANNULE_USAGER, "Empêchée", True)
    who = Participation.objects.get()
    assert (who.etat, who.is_vivante) == ("excuse", False)
    assert reserve().debut_at == rdv.debut_at
    assert [fait.genre for fait in entendus] == [Genre.ANNULE, Genre.CONFIRME]
    with pytest.raises(RendezVousRefuse, match="déjà annulé"):
        cancel(version=2)


def test_the_day_goes_by_its_marks_and_each_is_undone(rdv, by, entendus) -> None:
    here = mark(rdv, Etat.PRESENT, by, minutes=-15)
    inside = mark(here, Etat.EN_COURS, by, minutes=2)
    done = mark(inside, Etat.HONORE, by, minutes=18)
    assert [done.present_at, done.started_at, done.ended_at] == [
        NEUF_HEURES + timedelta(minutes=minutes) for minutes in (-15, 2, 18)
    ]  # fmt: skip
    assert Participation.objects.get().etat == "honore"
    back = mark(done, Etat.CONFIRME, by, minutes=19)
    assert (back.present_at, back.started_at, back.ended_at) == (None, None, None)
    who = Participation.objects.get()
    assert (who.etat, who.is_vivante) == ("attendu", True)
    assert [fait.genre for fait in entendus] == [Genre.PRESENT, Genre.COMMENCE, Genre.HONORE, Genre.RETABLI]


def test_absent_only_once_it_has_begun_and_the_slot_stays_used(rdv, by, reserve) -> None:
    with pytest.raises(RendezVousRefuse, match="avant l'heure"):
        mark(rdv, Etat.ABSENT, by, minutes=-1)
    gone = mark(rdv, Etat.ABSENT, by, minutes=1)
    assert Occupation.objects.get().is_actif
    here = mark(gone, Etat.PRESENT, by, minutes=9)
    assert here.present_at == NEUF_HEURES + timedelta(minutes=9)


def test_a_mark_of_another_day_or_of_an_ended_state_is_refused(rdv, by, at, cancel) -> None:
    with pytest.raises(RendezVousRefuse, match="un autre jour"):
        mark_rendezvous(rendezvous=rdv, version=1, etat=Etat.PRESENT, by=by, at=at)
    with pytest.raises(RendezVousRefuse, match="ne peut pas prendre cet état"):
        mark(rdv, Etat.ANNULE_SERVICE, by)
    gone = cancel()
    with pytest.raises(RendezVousRefuse, match="ne peut pas prendre cet état"):
        mark(gone, Etat.CONFIRME, by)


def test_a_note_is_written_at_its_version_and_told_to_nobody(rdv, by, at, entendus) -> None:
    noted = update_note(rendezvous=rdv, version=1, note=" Prévoir un interprète ", by=by, at=at)
    assert (noted.note, noted.version) == ("Prévoir un interprète", 2)
    with pytest.raises(VersionPerimee, match="rendez-vous modifié"):
        update_note(rendezvous=rdv, version=1, note="", by=by, at=at)
    assert entendus == []
