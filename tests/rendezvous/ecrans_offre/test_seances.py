"""Collective sessions through HTTP."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from citoyens.models import Usager
from collectivites.models import Agent, Lieu, Service
from rendezvous.heures import to_local
from rendezvous.models import Motif, RendezVous, Seance
from tests.rendezvous.ecrans_offre.conftest import text, url
from tests.rendezvous.monde import make_motif, make_rendezvous


@pytest.fixture
def atelier(service: Service) -> Motif:
    return make_motif(service, "Atelier numérique", (90,), is_collectif=True, places=8)


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
    assert "Ben Amar" in text(client.get(url("seance", seance.pk)))
    RendezVous.objects.update(domaine="social")
    sealed = text(client.get(url("seance", seance.pk)))
    assert "Ben Amar" not in sealed
    assert "rendez-vous réservé" in sealed
    assert client.post(url("seance", seance.pk), {"places": "0"}).status_code == 422
    assert client.post(url("seance_annuler", seance.pk), {"raison": ""}).status_code == 422
    assert client.post(url("seance_annuler", seance.pk), {"raison": "Salle inondée."}).status_code == 302
    rdv.refresh_from_db()
    assert (rdv.etat, rdv.raison) == ("annule_service", "Salle inondée.")
    assert client.post(url("seance_annuler", seance.pk), {"raison": "Encore."}).status_code == 409
