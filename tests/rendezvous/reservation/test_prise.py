"""Booking: what it writes, what it refuses, what it never believes."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from citoyens.models import Interaction, Usager
from journal.models import Evenement as Ligne
from rendezvous.etats import Etat
from rendezvous.evenements import Genre
from rendezvous.models import Motif, Occupation, Participation, RendezVous, Seance
from rendezvous.reservation.refus import ClefDejaServie, CreneauPris, RendezVousRefuse
from rendezvous.reservation.saisie import Participant
from tests.rendezvous.monde import make_agent, make_motif, make_plage, make_ressource
from tests.rendezvous.reservation.conftest import LUNDI, NEUF_HEURES, slot

pytestmark = pytest.mark.usefixtures("plage")


def test_booking_writes_the_appointment_its_time_who_comes_and_tells_it(
    reserve, motif, ressource, usager, at, entendus
) -> None:
    rdv = reserve(clef=uuid4(), message="Avec\x00 ma fille")
    assert (rdv.numero[:9], rdv.etat, rdv.jour, rdv.usager) == ("RDV-2026-", Etat.CONFIRME, LUNDI, usager)
    assert (rdv.debut_at, rdv.fin_at) == (NEUF_HEURES, NEUF_HEURES + timedelta(minutes=20))
    taken = Occupation.objects.get(rendezvous=rdv)
    assert (taken.ressource, taken.place, taken.is_actif, taken.fin_at) == (ressource, 1, True, rdv.fin_at)
    who = Participation.objects.get(rendezvous=rdv)
    assert (who.usager, who.courriel, who.telephone) == (usager, "samira@exemple.fr", "+33639981234")
    assert who.jeton_expire_at == rdv.fin_at + timedelta(hours=24)
    line = Ligne.objects.get(verbe="rendezvous.pris")
    assert line.details["version"] == 1
    row = Interaction.objects.get(objet_type="rendezvous", objet_id=rdv.pk)
    assert row.titre == "Rendez-vous pris\u00a0: Carte d'identité"
    assert row.resume == "Lundi 23\u00a0novembre à 9\u00a0h, Hôtel de ville"
    assert [(fait.genre, fait.rendezvous) for fait in entendus] == [(Genre.CONFIRME, rdv)]


def test_the_end_and_the_place_of_the_slot_are_read_again_not_believed(reserve, motif, lieu, ressource) -> None:
    lie = replace(slot(motif, lieu, ressource), fin_at=NEUF_HEURES + timedelta(hours=3), place=40)
    rdv = reserve(creneau=lie)
    assert rdv.fin_at == NEUF_HEURES + timedelta(minutes=20)
    assert Occupation.objects.get(rendezvous=rdv).place == 1


def test_a_taken_slot_is_refused_with_the_three_nearest(reserve, at) -> None:
    reserve(minutes=60)
    with pytest.raises(CreneauPris) as refusal:
        reserve(minutes=60)
    starts = [each.debut_at - NEUF_HEURES for each in refusal.value.alternatives]
    assert starts == [timedelta(minutes=20), timedelta(minutes=40), timedelta(minutes=80)]
    assert RendezVous.objects.count() == 1


@pytest.mark.parametrize("minutes", [-20, 170, 24 * 60])
def test_a_time_that_nobody_offers_is_refused(reserve, minutes) -> None:
    with pytest.raises(CreneauPris):
        reserve(minutes=minutes)


def test_the_buffer_after_keeps_the_next_one_away_but_may_leave_the_range(reserve, motif) -> None:
    Motif.objects.filter(pk=motif.pk).update(battement_minutes=10)
    motif.refresh_from_db()
    reserve(minutes=60)
    with pytest.raises(CreneauPris):
        reserve(minutes=80, participants=[Participant(nom="Le Goff", prenom="Yann")])
    with pytest.raises(CreneauPris):
        reserve(minutes=35, participants=[Participant(nom="Le Goff", prenom="Yann")])
    assert reserve(minutes=160).fin_at == NEUF_HEURES + timedelta(minutes=180)


def test_capacity_fills_places_from_the_lowest_and_then_refuses(lieu, motif, ressource, reserve) -> None:
    make_plage(ressource, lieu, motif, jours=(LUNDI,), capacite=3, blocs=((540, 720),))
    names = [Participant(nom=nom, prenom="A") for nom in ("Un", "Deux", "Trois", "Quatre")]
    booked = [reserve(participants=[each]) for each in names[:3]]
    assert [Occupation.objects.get(rendezvous=rdv).place for rdv in booked] == [1, 2, 3]
    with pytest.raises(CreneauPris):
        reserve(participants=[names[3]])


def test_any_free_agent_is_the_least_loaded_and_the_next_one_when_taken(
    lieu, motif, service, ville, ressource, reserve
) -> None:
    other = make_ressource(make_agent(ville, "Yann Le Goff", service))
    make_plage(other, lieu, motif, jours=(LUNDI,))
    reserve(minutes=60)  # Claire is busier
    first = reserve(creneau=slot(motif, lieu), participants=[Participant(nom="Un")])
    second = reserve(creneau=slot(motif, lieu), participants=[Participant(nom="Deux")])
    held = [Occupation.objects.get(rendezvous=rdv).ressource for rdv in (first, second)]
    assert held == [other, ressource]
    with pytest.raises(CreneauPris):
        reserve(creneau=slot(motif, lieu), participants=[Participant(nom="Trois")])


def test_the_same_key_gives_the_first_one_and_another_content_is_refused(reserve) -> None:
    clef = uuid4()
    first = reserve(clef=clef)
    assert reserve(clef=clef) == first
    with pytest.raises(ClefDejaServie):
        reserve(clef=clef, minutes=20)
    assert RendezVous.objects.count() == 1


def test_one_person_does_not_come_twice_at_once_for_one_motif(
    lieu, motif, service, ville, reserve, public, samira
) -> None:
    other = make_ressource(make_agent(ville, "Yann Le Goff", service))
    make_plage(other, lieu, motif, jours=(LUNDI,))
    first = reserve()
    there = slot(motif, lieu, other, minutes=10)
    with pytest.raises(RendezVousRefuse, match=f"Samira Ben Amar a déjà .*{first.numero}"):
        reserve(creneau=there)
    with pytest.raises(RendezVousRefuse, match=r"^Vous avez déjà rendez-vous"):
        reserve(creneau=there, by=public)
    assert reserve(creneau=slot(motif, lieu, other, minutes=20))


def test_only_an_agent_books_over_capacity_and_the_row_is_read_as_taken(
    reserve, public, lieu, motif, ressource
) -> None:
    first = reserve()
    extra = {"participants": [Participant(nom="Le Goff")], "is_surbooking": True}
    with pytest.raises(RendezVousRefuse, match="Seul un agent"):
        reserve(**extra, by=public)
    over = reserve(**extra)
    assert over.is_surbooking
    assert Occupation.objects.get(rendezvous=over).is_surbooking
    Occupation.objects.filter(rendezvous=first).update(is_actif=False)
    with pytest.raises(CreneauPris):  # the constraint alone would let it pass
        reserve(participants=[Participant(nom="Moreau")])


def test_over_capacity_is_not_written_where_a_place_is_free(reserve) -> None:
    assert not reserve(is_surbooking=True).is_surbooking


def test_an_agent_lays_an_appointment_outside_any_range_only_by_saying_so(reserve) -> None:
    assert reserve(minutes=-60, is_surbooking=True).is_surbooking


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"delai_min_minutes": 6 * 24 * 60}, "au moins 6\u00a0j à l'avance"),
        ({"delai_max_jours": 3}, "au plus 3\u00a0jours à l'avance"),
        ({"reservable_par": "agents"}, "ne se prend pas en ligne"),
        ({"reservable_par": "invites"}, "ne se prend pas en ligne"),
    ],
)
def test_usagers_are_held_to_the_limits_of_the_motif_agents_are_not(reserve, motif, public, changes, sentence) -> None:
    Motif.objects.filter(pk=motif.pk).update(**changes)
    motif.refresh_from_db()
    with pytest.raises(RendezVousRefuse, match=sentence):
        reserve(by=public)
    assert reserve()


def test_an_invited_usager_books_a_motif_kept_for_invitations(reserve, motif, public) -> None:
    motif.reservable_par = "invites"
    assert reserve(by=public, is_invite=True)


def test_the_past_is_refused_and_an_agent_may_lay_what_has_begun(reserve, public) -> None:
    begun = NEUF_HEURES + timedelta(minutes=5)
    with pytest.raises(RendezVousRefuse, match="déjà passée"):
        reserve(by=public, at=begun)
    with pytest.raises(RendezVousRefuse, match="déjà passée"):
        reserve(at=NEUF_HEURES + timedelta(minutes=20))
    assert reserve(at=begun)


@pytest.mark.parametrize("personnes", [0, 2])
def test_no_more_persons_than_the_table_of_the_motif(reserve, personnes) -> None:
    with pytest.raises(RendezVousRefuse, match="1\u00a0personne au plus") as refusal:
        reserve(personnes=personnes)
    assert refusal.value.champ == "personnes"


def test_a_closed_motif_or_lieu_takes_nobody(reserve, motif, lieu) -> None:
    motif.is_active = False
    with pytest.raises(RendezVousRefuse, match="plus proposé"):
        reserve()
    motif.is_active = True
    lieu.is_active = False
    lieu.save()
    with pytest.raises(RendezVousRefuse, match="ne reçoit plus"):
        reserve()


def test_a_sealed_service_seals_its_appointments(ccas, lieu, ressource, reserve) -> None:
    aide = make_motif(ccas, "Aide sociale")
    make_plage(ressource, lieu, aide, jours=(LUNDI,), blocs=((780, 900),))
    rdv = reserve(motif=aide, creneau=slot(aide, lieu, ressource, minutes=240))
    assert rdv.domaine == "social"
    assert Interaction.objects.get(objet_type="rendezvous", objet_id=rdv.pk).domaine == "social"


@pytest.mark.parametrize(
    ("genre", "champ"), [("telephone", "telephone"), ("domicile", "adresse")]
)  # fmt: skip
def test_a_call_needs_a_number_and_a_visit_an_address(reserve, motif, genre, champ) -> None:
    motif.genre = genre
    with pytest.raises(RendezVousRefuse) as refusal:
        reserve(participants=[Participant(nom="Sans contact")])
    assert refusal.value.champ == champ
    told = {"telephone": "+33639981234"} if genre == "telephone" else {"adresse": "3 rue des Tilleuls"}
    assert reserve(participants=[Participant(nom="Sans contact")], **told)


def test_a_call_to_a_known_usager_uses_the_number_we_have_and_a_room_cannot_be_guessed(reserve, motif) -> None:
    motif.genre = "telephone"
    assert reserve().telephone == "+33639981234"
    motif.genre, motif.visio_base = "visio", "https://salon.exemple.fr/"
    rooms = {reserve(minutes=minutes).visio_url for minutes in (20, 40)}
    assert len(rooms) == 2
    assert all(room.startswith("https://salon.exemple.fr/") for room in rooms)


def test_a_session_is_asked_by_its_own_motif(reserve, motif, lieu, ressource, at) -> None:
    other = Seance.objects.create(
        motif=motif, lieu=lieu, ressource=ressource, debut_at=NEUF_HEURES, fin_at=NEUF_HEURES + timedelta(hours=1),
        jour=LUNDI, places=3, created_at=at,
    )  # fmt: skip
    motif.is_collectif, motif.places = True, 3
    with pytest.raises(RendezVousRefuse, match="Choisissez une séance"):
        reserve(creneau=slot(motif, lieu, seance_id=other.pk + 1))


def test_nothing_is_left_of_a_refused_booking(reserve, motif) -> None:
    motif.genre = "telephone"
    before = Usager.objects.count()
    with pytest.raises(RendezVousRefuse):
        reserve(participants=[Participant(nom="Sans contact")])
    assert (RendezVous.objects.count(), Occupation.objects.count(), Usager.objects.count()) == (0, 0, before)
