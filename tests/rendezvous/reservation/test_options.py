"""A slot held while a form is filled: promised, dropped, released; never lost twice."""

from datetime import timedelta
from uuid import uuid4

import pytest

from collectivites.models import ReglageLegal
from rendezvous.etats import Etat
from rendezvous.evenements import Genre
from rendezvous.models import Occupation, Participation, RendezVous
from rendezvous.reservation.actions import confirm_option, drop_option, hold_creneau, sweep_options
from rendezvous.reservation.refus import CreneauPris, RendezVousRefuse
from rendezvous.reservation.saisie import Participant
from tests.rendezvous.monde import make_rendezvous
from tests.rendezvous.reservation.conftest import NEUF_HEURES, slot

pytestmark = pytest.mark.usefixtures("plage")
DIX_MINUTES = timedelta(minutes=10)


@pytest.fixture
def hold(motif, lieu, ressource, public, at):
    def run(**changes: object) -> RendezVous:
        asked = {"creneau": slot(motif, lieu, ressource, minutes=changes.pop("minutes", 0)), "motif": motif,
                 "personnes": 1, "clef": None, "canal": "en_ligne", "by": public, "at": at}  # fmt: skip
        return hold_creneau(**(asked | changes))

    return run


def test_a_held_slot_is_nobody_elses_for_ten_minutes_then_free(hold, reserve, at, entendus) -> None:
    option = hold()
    assert (option.etat, option.expire_at, option.usager) == (Etat.OPTION, at + DIX_MINUTES, None)
    with pytest.raises(CreneauPris):
        reserve(at=at + DIX_MINUTES - timedelta(seconds=1))
    assert reserve(at=at + DIX_MINUTES)
    assert not RendezVous.objects.filter(pk=option.pk).exists()
    assert [fait.genre for fait in entendus] == [Genre.CONFIRME]


def test_the_town_chooses_how_long_a_slot_is_held(hold, at) -> None:
    ReglageLegal.objects.create(clef="rendezvous.retenue_minutes", valeur=5, motif="Essai", changed_at=at)
    assert hold().expire_at == at + timedelta(minutes=5)


def test_confirming_promises_it_with_a_number_and_twice_is_once(hold, samira, public, at, entendus) -> None:
    option = hold(clef=uuid4())
    later = at + timedelta(minutes=4)
    rdv = confirm_option(rendezvous=option, participants=[samira], by=public, at=later, message="Merci")
    again = confirm_option(rendezvous=option, participants=[samira], by=public, at=later)
    assert again == rdv
    assert Participation.objects.count() == 1
    rdv.refresh_from_db()
    assert (rdv.numero[:9], rdv.etat, rdv.expire_at, rdv.message) == ("RDV-2026-", Etat.CONFIRME, None, "Merci")
    assert (rdv.created_at, rdv.version) == (later, 2)
    assert Occupation.objects.get(rendezvous=rdv).expire_at is None
    assert [fait.genre for fait in entendus] == [Genre.CONFIRME]


def test_the_same_key_gives_the_option_then_the_appointment_it_became(hold, samira, public, at) -> None:
    clef = uuid4()
    option = hold(clef=clef)
    assert hold(clef=clef) == option
    confirm_option(rendezvous=option, participants=[samira], by=public, at=at)
    assert hold(clef=clef).etat == Etat.CONFIRME
    late = at + timedelta(hours=1)
    assert hold(clef=clef, at=late).pk == option.pk


def test_a_key_is_free_again_once_its_option_expired(hold, at) -> None:
    clef = uuid4()
    hold(clef=clef)
    second = hold(clef=clef, minutes=20, at=at + DIX_MINUTES)
    assert second.debut_at == NEUF_HEURES + timedelta(minutes=20)


def test_a_slow_usager_still_has_the_slot_that_nobody_took(hold, samira, public, at) -> None:
    option = hold()
    rdv = confirm_option(rendezvous=option, participants=[samira], by=public, at=at + timedelta(hours=1))
    assert rdv.etat == Etat.CONFIRME


def test_a_slow_usager_is_told_the_nearest_ones_when_it_was_taken(hold, reserve, samira, public, at) -> None:
    option = hold()
    reserve(at=at + DIX_MINUTES, participants=[Participant(nom="Le Goff")])
    with pytest.raises(CreneauPris) as refusal:
        confirm_option(rendezvous=option, participants=[samira], by=public, at=at + DIX_MINUTES)
    assert [each.debut_at - NEUF_HEURES for each in refusal.value.alternatives] == [
        timedelta(minutes=20), timedelta(minutes=40), timedelta(minutes=60)
    ]  # fmt: skip


def test_an_option_is_not_confirmed_after_its_start(hold, samira, public, at) -> None:
    option = hold(minutes=20)
    with pytest.raises(RendezVousRefuse, match="déjà passée"):
        confirm_option(rendezvous=option, participants=[samira], by=public, at=NEUF_HEURES + timedelta(minutes=21))


def test_a_refused_confirmation_leaves_the_option(hold, public, at) -> None:
    option = hold()
    with pytest.raises(RendezVousRefuse, match="Indiquez le nom"):
        confirm_option(rendezvous=option, participants=[Participant()], by=public, at=at)
    with pytest.raises(RendezVousRefuse, match="adresse électronique"):
        confirm_option(rendezvous=option, participants=[Participant(nom="B", courriel="b@")], by=public, at=at)
    assert RendezVous.objects.get().etat == Etat.OPTION


def test_dropping_frees_at_once_and_tells_it_while_the_row_is_still_there(hold, reserve, at, entendus) -> None:
    option = hold()
    drop_option(rendezvous=option, at=at)
    drop_option(rendezvous=option, at=at)
    assert [(fait.genre, fait.rendezvous.debut_at) for fait in entendus] == [(Genre.LIBERE, NEUF_HEURES)]
    assert not RendezVous.objects.exists()
    assert not Occupation.objects.exists()
    assert reserve()


def test_the_sweep_releases_what_expired_and_only_that(hold, samira, public, at, entendus) -> None:
    first, second = hold(), hold(minutes=20)
    confirm_option(rendezvous=second, participants=[samira], by=public, at=at)
    hold(minutes=40, at=at + timedelta(minutes=5))
    assert sweep_options(at=at + DIX_MINUTES) == 1
    assert not RendezVous.objects.filter(pk=first.pk).exists()
    assert RendezVous.objects.count() == 2
    assert [fait.genre for fait in entendus] == [Genre.CONFIRME, Genre.LIBERE]
    assert sweep_options(at=at + DIX_MINUTES) == 0


def test_a_confirmed_row_is_never_erased_by_the_next_booking(reserve, motif, ressource, lieu, at) -> None:
    """Even if its time still says « held until »: the state decides."""
    kept = make_rendezvous(motif, ressource, lieu, NEUF_HEURES, fin_at=NEUF_HEURES + timedelta(minutes=20))
    Occupation.objects.filter(rendezvous=kept).update(expire_at=at - DIX_MINUTES)
    with pytest.raises(CreneauPris):
        reserve(participants=[Participant(nom="Le Goff")])
    assert RendezVous.objects.filter(pk=kept.pk).exists()
