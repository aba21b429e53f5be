"""Collective sessions through HTTP."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from citoyens.models import Usager
from collectivites.acteur import Acteur
from collectivites.models import Agent, Lieu, Service
from journal.models import Consultation, Evenement
from messagerie.models import Envoi
from rendezvous.creneaux.modele import Creneau
from rendezvous.heures import to_local
from rendezvous.models import Motif, RendezVous, Seance
from rendezvous.reservation.actions import book_rendezvous
from rendezvous.reservation.saisie import Participant
from tests.rendezvous.ecrans_offre.conftest import text, url
from tests.rendezvous.monde import make_motif, make_rendezvous


@pytest.fixture
def atelier(service: Service) -> Motif:
    return make_motif(service, "Atelier numérique", (90, 90), is_collectif=True, places=8)


@pytest.fixture
def saisie(atelier: Motif, agent: Agent, lieu: Lieu, lundi: date) -> dict[str, Any]:
    return {
        "motif": atelier.pk, "lieu": lieu.pk, "qui": f"agent:{agent.pk}", "jour": lundi.isoformat(), "debut": "14 h",
    }  # fmt: skip


def test_a_session_takes_its_length_and_seats_from_its_motif(
    client: Client, saisie: dict[str, Any], lieu: Lieu, django_assert_max_num_queries: Any
) -> None:
    assert client.post(url("seance_nouvelle"), saisie).status_code == 302
    seance = Seance.objects.get()
    local = [to_local(each, lieu.fuseau) for each in (seance.debut_at, seance.fin_at)]
    assert [(each.hour, each.minute) for each in local] == [(14, 0), (15, 30)]
    assert seance.places == 8
    with django_assert_max_num_queries(11):
        assert "0 sur 8" in text(client.get(url("seances")))
    taken = client.post(url("seance_nouvelle"), saisie | {"debut": "15 h", "titre": "Second"})
    assert taken.status_code == 409
    assert "a déjà un rendez-vous ou une séance" in text(taken)
    assert "Second" in text(taken)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"fin": "13 h"}, "finit après son début"),
        ({"debut": "23 h 30"}, "avant minuit"),
        ({"jour": "2020-01-06"}, "déjà passée"),
        ({"places": "0"}, "De 1 à 500 places."),
        ({"jour": "2027-03-28", "debut": "2 h 30", "fin": "4 h"}, "n'existe pas"),
    ],
)
def test_what_cannot_be_is_said(client: Client, saisie: dict[str, Any], wrong: dict[str, str], said: str) -> None:
    answer = client.post(url("seance_nouvelle"), saisie | wrong)
    assert answer.status_code == 422
    assert said in text(answer)


def test_the_registered_are_listed_and_told_of_the_end(
    client: Client, saisie: dict[str, Any], usager: Usager, ccas: Service
) -> None:
    client.post(url("seance_nouvelle"), saisie)
    seance = Seance.objects.select_related("motif", "ressource", "lieu").get()
    times = {"fin_at": seance.fin_at, "seance": seance, "usager": usager}
    rdv = make_rendezvous(seance.motif, seance.ressource, seance.lieu, seance.debut_at, place=2, **times)
    Seance.objects.update(inscrits=1)
    page = client.get(url("seance", seance.pk))
    assert "Ben Amar" in text(page)
    assert page.context["inscrire_url"] == f"{url('prendre')}?motif={seance.motif_id}&du={seance.jour}"
    RendezVous.objects.update(domaine="social")
    sealed = text(client.get(url("seance", seance.pk)))
    assert "Ben Amar" not in sealed
    assert "rendez-vous réservé" in sealed
    assert client.post(url("seance", seance.pk), {"places": "0", "version": 1}).status_code == 422
    late = client.post(url("seance", seance.pk), {"places": "9", "titre": "Débuter", "version": 0})
    assert late.status_code == 409
    assert "Cette séance a changé entre-temps" in text(late)
    assert 'value="Débuter"' in text(late)
    assert client.post(url("seance_annuler", seance.pk), {"raison": "", "version": 1}).status_code == 422
    said = {"raison": "Salle inondée.", "version": 1, "prevenir": "on"}
    assert client.post(url("seance_annuler", seance.pk), said).status_code == 302
    rdv.refresh_from_db()
    assert (rdv.etat, rdv.raison) == ("annule_service", "Salle inondée.")
    assert client.post(url("seance_annuler", seance.pk), said | {"version": 2}).status_code == 409


@pytest.fixture
def inscrite(client: Client, saisie: dict[str, Any], usager: Usager, by: Acteur) -> RendezVous:
    """Samira comes to the session with somebody she did not name."""
    client.post(url("seance_nouvelle"), saisie)
    seance = Seance.objects.select_related("motif", "lieu").get()
    wish = Creneau(seance.debut_at, seance.fin_at, seance.lieu_id, 0, 1, seance.motif_id, seance.pk)
    return book_rendezvous(
        creneau=wish, motif=seance.motif, personnes=2, participants=[Participant(usager_id=usager.pk)], clef=None,
        canal="guichet", by=by, at=timezone.now(),
    )  # fmt: skip


def move(seance: Seance, **typed: Any) -> dict[str, Any]:
    """What the form of a move sends."""
    ressource = seance.ressource
    return {
        "lieu": seance.lieu_id, "qui": f"agent:{ressource.agent_id}", "jour": seance.jour.isoformat(), "debut": "10 h",
        "prevenir": "on", "version": seance.version,
    } | typed  # fmt: skip


def test_a_session_moves_with_who_comes_and_they_are_told(
    client: Client, inscrite: RendezVous, lieu: Lieu, django_assert_max_num_queries: Any
) -> None:
    seance = Seance.objects.select_related("ressource").get()
    with django_assert_max_num_queries(17):
        shown = text(client.get(url("seance_deplacer", seance.pk)))
    assert "2 places prises" in shown
    assert "Prévenir les inscrits du changement" in shown
    assert client.post(url("seance_deplacer", seance.pk), move(seance)).status_code == 302
    inscrite.refresh_from_db()
    seance.refresh_from_db()
    start, end = (to_local(each, lieu.fuseau) for each in (inscrite.debut_at, inscrite.fin_at))
    assert [(each.hour, each.minute) for each in (start, end)] == [(10, 0), (11, 30)]  # as long as before
    assert (seance.debut_at, seance.version, inscrite.sequence) == (inscrite.debut_at, 2, 1)
    assert Envoi.objects.filter(clef__contains=":modification:").exists()
    assert Evenement.objects.filter(verbe="seance.deplacee", objet_id=seance.pk).exists()


def test_a_session_may_move_without_a_message(client: Client, inscrite: RendezVous) -> None:
    seance = Seance.objects.select_related("ressource").get()
    assert client.post(url("seance_deplacer", seance.pk), move(seance, prevenir="")).status_code == 302
    inscrite.refresh_from_db()
    assert inscrite.sequence == 1
    assert not Envoi.objects.filter(clef__contains=":modification:").exists()  # the reminder moves all the same


def test_a_move_refused_says_why_and_keeps_what_was_typed(
    client: Client, inscrite: RendezVous, saisie: dict[str, Any]
) -> None:
    client.post(url("seance_nouvelle"), saisie | {"debut": "10 h", "titre": "Une autre"})
    seance = Seance.objects.select_related("ressource").get(pk=inscrite.seance_id)
    taken = client.post(url("seance_deplacer", seance.pk), move(seance, debut="10 h 45"))
    assert taken.status_code == 409
    assert "est déjà pris à cette heure" in text(taken)
    assert 'value="10 h 45"' in text(taken)
    stale = client.post(url("seance_deplacer", seance.pk), move(seance, debut="16 h", version=0))
    assert stale.status_code == 409
    assert "a changé entre-temps" in text(stale)
    assert 'name="version" value="1"' in text(stale)  # read again, it may be sent again
    night = move(seance, jour="2027-03-28", debut="2 h 30", fin="4 h")
    assert "n'existe pas" in text(client.post(url("seance_deplacer", seance.pk), night))
    Seance.objects.filter(pk=seance.pk).update(is_annulee=True)
    assert client.get(url("seance_deplacer", seance.pk)).status_code == 409


def test_the_sheet_has_a_line_for_each_seat_and_is_a_reading(
    client: Client, inscrite: RendezVous, usager: Usager, receveur: Agent, ccas: Service
) -> None:
    sheet = url("emargement", inscrite.seance_id)
    shown = text(client.get(sheet))
    assert "Ben Amar" in shown
    assert "avec " in shown
    assert Consultation.objects.filter(vue="rendezvous", objet_id=inscrite.pk).exists()
    client.force_login(receveur)  # who leads it may print it, without running the offer
    assert client.get(sheet).status_code == 200
    assert client.get(url("seance_deplacer", inscrite.seance_id)).status_code == 403
    RendezVous.objects.update(domaine="social")
    hidden = text(client.get(sheet))
    assert "Ben Amar" not in hidden
    assert "2 places prises par un service cloisonné" in hidden
    Motif.objects.update(service=ccas)
    assert client.get(sheet).status_code == 404
