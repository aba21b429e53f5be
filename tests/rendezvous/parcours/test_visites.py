"""A visit is booked whole or not at all, held while one types, told once, cancelled once."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from citoyens.actions import create_usager
from citoyens.models import Interaction, Usager
from collectivites.acteur import Acteur, acting_usager
from collectivites.models import Lieu, Service
from messagerie.models import Envoi
from rendezvous.creneaux.modele import Creneau
from rendezvous.etats import Etat
from rendezvous.models import Motif, Occupation, Parcours, RendezVous, Ressource, Trajet
from rendezvous.parcours.actions import Visite, book_visite, cancel_visite, confirm_visite, hold_visite
from rendezvous.parcours.combinaisons import Combinaison
from rendezvous.parcours.recherche import Etape, find_visites
from rendezvous.reservation.actions import book_rendezvous
from rendezvous.reservation.refus import CreneauPris
from rendezvous.reservation.saisie import Participant
from tests.rendezvous.monde import make_agent, make_lieu, make_motif, make_plage, make_rendezvous, make_ressource

MARDI = date(2026, 11, 24)
EN_LIGNE = RendezVous.Canal.EN_LIGNE


@pytest.fixture
def etapes(ville: object, service: Service, ressource: Ressource, lieu: Lieu) -> list[Etape]:
    """Identity card at the town hall, school at the annexe twenty minutes away."""
    annexe = make_lieu("Annexe")
    first, last = sorted((lieu, annexe), key=lambda each: each.pk)
    Trajet.objects.create(de=first, vers=last, minutes=20)
    ecoles = Service.objects.create(nom="Éducation", domaine="enfance")
    cni, ecole = make_motif(service, durees=(20, 35)), make_motif(ecoles, "Inscription scolaire", durees=(30,))
    make_plage(ressource, lieu, cni, jours=(MARDI,), blocs=((540, 600),))
    other = make_ressource(make_agent(ville, "Sophie Delaunay", ecoles))
    make_plage(other, annexe, ecole, jours=(MARDI,), blocs=((540, 720),))
    return [Etape(cni), Etape(ecole)]


def search(etapes: list[Etape], at: datetime) -> list[Combinaison]:
    return find_visites(etapes=etapes, is_ordonne=False, du=MARDI, au=MARDI, at=at)


def ask(etapes: list[Etape], usager: Usager, at: datetime, clef: UUID | None = None) -> Visite:
    return Visite(
        combinaison=search(etapes, at)[0], etapes=etapes, participants=[Participant(usager_id=usager.pk)],
        canal=EN_LIGNE, clef=clef or uuid4(),
    )  # fmt: skip


def take(creneau: Creneau, motif: Motif) -> None:
    """Somebody else is quicker."""
    ressource, lieu = Ressource.objects.get(pk=creneau.ressource_id), Lieu.objects.get(pk=creneau.lieu_id)
    make_rendezvous(motif, ressource, lieu, creneau.debut_at, fin_at=creneau.fin_at)


def test_the_way_is_left_between_two_stops(etapes: list[Etape], at: datetime) -> None:
    first, second = search(etapes, at)[0].creneaux
    assert second.debut_at - first.fin_at >= timedelta(minutes=20)


def test_booked_under_one_number_told_once(etapes: list[Etape], usager: Usager, by: Acteur, at: datetime) -> None:
    parcours = book_visite(visite=ask(etapes, usager, at), by=by, at=at)
    assert parcours.rendezvous.filter(etat=Etat.CONFIRME).count() == 2
    assert parcours.usager == usager
    mails = Envoi.objects.filter(canal="courriel", clef__contains="confirmation")
    assert mails.count() == 1
    assert Interaction.objects.filter(usager=usager, genre="rendezvous").count() == 2


def test_the_same_key_books_once(etapes: list[Etape], usager: Usager, by: Acteur, at: datetime) -> None:
    visite = ask(etapes, usager, at)
    assert book_visite(visite=visite, by=by, at=at) == book_visite(visite=visite, by=by, at=at)
    assert RendezVous.objects.count() == 2


def test_one_stop_taken_nothing_is_booked(etapes: list[Etape], usager: Usager, by: Acteur, at: datetime) -> None:
    visite = ask(etapes, usager, at)
    last = visite.combinaison.creneaux[1]
    take(last, Motif.objects.get(pk=last.motif_id))
    with pytest.raises(CreneauPris):
        book_visite(visite=visite, by=by, at=at)
    assert not Parcours.objects.exists()
    assert RendezVous.objects.count() == 1
    assert Occupation.objects.filter(rendezvous__parcours__isnull=False).count() == 0


def test_held_then_promised(etapes: list[Etape], usager: Usager, at: datetime) -> None:
    visite, by = ask(etapes, usager, at), acting_usager(usager_id=usager.pk)
    held = hold_visite(visite=visite, by=by, at=at)
    assert [each.etat for each in held] == [Etat.OPTION, Etat.OPTION]
    assert hold_visite(visite=visite, by=by, at=at) == held
    parcours = confirm_visite(clef=visite.clef, nombre=2, participants=visite.participants, by=by, at=at)
    assert list(parcours.rendezvous.order_by("rang_parcours").values_list("pk", flat=True)) == [x.pk for x in held]
    assert confirm_visite(clef=visite.clef, nombre=2, participants=visite.participants, by=by, at=at) == parcours
    assert Envoi.objects.filter(canal="courriel", clef__contains="confirmation").count() == 1


def test_another_choice_lets_the_former_go(etapes: list[Etape], usager: Usager, at: datetime) -> None:
    visite, by = ask(etapes, usager, at), acting_usager(usager_id=usager.pk)
    before = hold_visite(visite=visite, by=by, at=at)
    other = ask(etapes, usager, at, clef=visite.clef)
    after = hold_visite(visite=other, by=by, at=at)
    assert {each.debut_at for each in before} != {each.debut_at for each in after}
    assert RendezVous.objects.count() == 2


def test_half_of_a_visit_is_never_promised(etapes: list[Etape], usager: Usager, by: Acteur, at: datetime) -> None:
    visite, visitor = ask(etapes, usager, at), acting_usager(usager_id=usager.pk)
    held = hold_visite(visite=visite, by=visitor, at=at)
    late, lost = at + timedelta(minutes=15), visite.combinaison.creneaux[1]
    stranger = create_usager(nature="personne", nom="Petit", prenoms="Luc", by=by, at=at)
    book_rendezvous(
        creneau=lost, motif=held[1].motif, personnes=1, participants=[Participant(usager_id=stranger.pk)],
        clef=uuid4(), canal=RendezVous.Canal.GUICHET, by=by, at=late,
    )  # fmt: skip
    with pytest.raises(CreneauPris):
        confirm_visite(clef=visite.clef, nombre=2, participants=visite.participants, by=visitor, at=late)
    assert not Parcours.objects.exists()
    assert RendezVous.objects.live().count() == 1


def test_cancelled_whole_told_once(etapes: list[Etape], usager: Usager, by: Acteur, at: datetime) -> None:
    parcours = book_visite(visite=ask(etapes, usager, at), by=by, at=at)
    assert len(cancel_visite(parcours=parcours, par="usager", raison="", by=by, at=at)) == 2
    assert not Occupation.objects.filter(is_actif=True).exists()
    assert Envoi.objects.filter(canal="courriel", clef__contains="annulation").count() == 1


def test_every_resource_is_locked_before_a_number_is_drawn(
    etapes: list[Etape], usager: Usager, by: Acteur, at: datetime
) -> None:
    """Else one visit holds the numbers and waits for a resource that a booking holds, waiting for a number."""
    visite, visitor = ask(etapes, usager, at), acting_usager(usager_id=usager.pk)
    hold_visite(visite=visite, by=visitor, at=at)
    with CaptureQueriesContext(connection) as confirmed:
        parcours = confirm_visite(clef=visite.clef, nombre=2, participants=visite.participants, by=visitor, at=at)
    with CaptureQueriesContext(connection) as cancelled:
        cancel_visite(parcours=parcours, par="service", raison="", by=by, at=at)
    for seen, write in ((confirmed, "rendezvous'"), (cancelled, 'UPDATE "rendezvous_rendezvous"')):
        sql = [each["sql"] for each in seen.captured_queries]
        first = next(rank for rank, each in enumerate(sql) if write in each and not each.startswith("SELECT"))
        before, after = ({each for each in part if "xact_lock(7701" in each} for part in (sql[:first], sql[first:]))
        assert len(before) == 2
        assert after <= before
