"""Unavailability through HTTP: one's own, everybody's, what was booked inside."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from collectivites.models import Agent, Collectivite, Lieu, Rattachement
from collectivites.permissions import Role
from rendezvous.heures import to_instant
from rendezvous.models import Indisponibilite, Motif
from tests.rendezvous.ecrans_offre.conftest import text, url
from tests.rendezvous.monde import make_agent, make_rendezvous, make_ressource


@pytest.fixture
def saisie(lundi: date) -> dict[str, Any]:
    day = lundi.isoformat()
    return {"debut_on": day, "debut_minute": "9 h", "fin_on": day, "fin_minute": "12h", "repetition": "jamais"}


def test_an_agent_writes_only_their_own(
    client: Client, receveur: Agent, agent: Agent, saisie: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    client.force_login(receveur)
    assert client.post(url("indisponibilites"), saisie | {"qui": f"agent:{agent.pk}"}).status_code == 302
    mine = Indisponibilite.objects.select_related("ressource").get()
    assert (mine.ressource.agent_id, mine.debut_minute, mine.fin_minute) == (receveur.pk, 540, 720)
    with django_assert_max_num_queries(10):
        assert "9 h – 12 h" in text(client.get(url("indisponibilites")))
    other = Indisponibilite.objects.create(
        ressource=make_ressource(agent), debut_on=mine.debut_on, fin_on=mine.debut_on, created_at=mine.created_at
    )
    assert client.get(url("indisponibilite", other.pk)).status_code == 404
    assert client.post(url("indisponibilite_retirer", other.pk)).status_code == 404
    assert client.get(url("indisponibilites_toutes")).status_code == 403
    assert client.get(url("indisponibilite_modifier", other.pk)).status_code == 404
    assert client.get(url("indisponibilite_de_tous_modifier", mine.pk)).status_code == 403
    assert client.post(url("indisponibilite_retirer", mine.pk), {"version": 0}).status_code == 409
    assert client.post(url("indisponibilite_retirer", mine.pk), {"version": 1}).status_code == 302
    assert Indisponibilite.objects.get() == other


def test_what_was_booked_inside_is_shown(
    client: Client, agent: Agent, motif: Motif, lieu: Lieu, usager: Any, saisie: dict[str, Any], lundi: date
) -> None:
    start = to_instant(lundi, 600, lieu.fuseau)
    make_rendezvous(motif, make_ressource(agent), lieu, start, fin_at=start + timedelta(minutes=20), usager=usager)
    answer = client.post(url("indisponibilites"), saisie | {"qui": f"agent:{agent.pk}"}, follow=True)
    page = text(answer)
    assert "1 rendez-vous déjà pris tombe dans" in page
    assert "Ben Amar" in page
    assert "à 10 h 00" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"fin_minute": "8 h"}, "doit venir après celle du début"),
        ({"debut_minute": "25 h"}, "Écrivez une heure"),
        ({"fin_on": "2020-01-01"}, "Le dernier jour vient avant le premier."),
        ({"repetition": "semaine"}, "Cochez au moins un jour."),
        ({"qui": ""}, "Choisissez qui."),
    ],
)
def test_what_cannot_be_is_said(client: Client, agent: Agent, saisie: dict[str, Any], wrong: Any, said: str) -> None:
    typed = saisie | {"qui": f"agent:{agent.pk}", "libelle": "Réunion"} | wrong
    answer = client.post(url("indisponibilites"), typed)
    assert answer.status_code == 422
    assert said in text(answer)
    assert "Réunion" in text(answer)


def test_an_administrator_closes_a_whole_lieu_every_month(
    client: Client, ville: Collectivite, lieu: Lieu, saisie: dict[str, Any]
) -> None:
    client.force_login(make_agent(ville, "Paul Nguyen", roles=(Role.ADMINISTRATEUR,)))
    assert Rattachement.objects.count() == 2
    asked = saisie | {
        "qui": f"lieu:{lieu.pk}", "repetition": "mois", "rang_mois": "1", "jour_mois": "TU", "fin_on": "",
    }  # fmt: skip
    assert client.get(url("indisponibilites")).status_code == 403
    assert client.post(url("indisponibilites_toutes"), asked).status_code == 302
    rule = Indisponibilite.objects.get()
    assert (rule.lieu, rule.regle, rule.fin_on) == (lieu, "FREQ=MONTHLY;BYDAY=1TU", None)
    assert "le premier mardi" in text(client.get(url("indisponibilites_toutes")))
    assert client.get(url("indisponibilite_de_tous", rule.pk)).status_code == 200
    assert "selected" in text(client.get(url("indisponibilite_de_tous_modifier", rule.pk)))
    assert client.post(url("indisponibilite_de_tous_retirer", rule.pk), {"version": 1}).status_code == 302


def test_it_is_changed_and_what_it_now_touches_is_shown(
    client: Client, agent: Agent, motif: Motif, lieu: Lieu, usager: Any, saisie: dict[str, Any], lundi: date,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    start = to_instant(lundi, 14 * 60, lieu.fuseau)
    make_rendezvous(motif, make_ressource(agent), lieu, start, fin_at=start + timedelta(minutes=20), usager=usager)
    typed = saisie | {"qui": f"agent:{agent.pk}", "libelle": "Réunion"}
    client.post(url("indisponibilites"), typed)
    rule = Indisponibilite.objects.get()
    with django_assert_max_num_queries(15):
        page = text(client.get(url("indisponibilite_modifier", rule.pk)))
    assert "Aucun rendez-vous n'y tombe." in page
    assert 'value="9 h"' in page
    longer = typed | {"fin_minute": "15 h", "version": 1}
    answer = client.post(url("indisponibilite_modifier", rule.pk), longer, follow=True)
    assert "1 rendez-vous déjà pris tombe dans" in text(answer)
    rule.refresh_from_db()
    assert (rule.fin_minute, rule.version, rule.par_id) == (900, 2, agent.pk)


def test_two_who_change_it_see_one_another(client: Client, agent: Agent, saisie: dict[str, Any]) -> None:
    typed = saisie | {"qui": f"agent:{agent.pk}", "libelle": "Réunion"}
    client.post(url("indisponibilites"), typed)
    rule = Indisponibilite.objects.get()
    page = url("indisponibilite_modifier", rule.pk)
    client.post(page, typed | {"version": 1, "fin_minute": "16 h", "libelle": "Formation"})
    late = client.post(page, typed | {"version": 1, "libelle": "Conseil", "jour_mois": "MO"})
    assert late.status_code == 409
    assert 'data-titre="Champ">Jour du mois' not in text(late)  # hidden: it does not repeat
    for said in ("a changé entre-temps", "Formation", "16 h", 'value="Conseil"', 'value="2"'):
        assert said in text(late)
    assert client.post(page, typed | {"version": 2, "libelle": "Conseil"}).status_code == 302
    rule.refresh_from_db()
    assert (rule.libelle, rule.fin_minute) == ("Conseil", 720)
