"""Ranges through HTTP: the week, the form, doubts to confirm, one day, the following ones, orphans."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from collectivites.models import Agent, Lieu, Service
from rendezvous.heures import to_instant
from rendezvous.models import Motif, OccurrencePlage, PlageOuverture, RendezVous, Ressource
from rendezvous.views.offre import plages
from tests.rendezvous.ecrans_offre.conftest import text, url
from tests.rendezvous.monde import make_motif, make_plage, make_rendezvous


@pytest.fixture
def saisie(agent: Agent, lieu: Lieu, motif: Motif, lundi: date) -> dict[str, Any]:
    """Mondays and Thursdays, morning and afternoon."""
    return {
        "qui": f"agent:{agent.pk}", "lieu": lieu.pk, "motifs": [motif.pk], "premier_on": lundi.isoformat(),
        "blocs": "9 h – 12 h, 13h30-17h", "repetition": "semaine", "jours": ["MO", "TH"], "intervalle": "1",
        "capacite": "1", "version": "0",
    }  # fmt: skip


@pytest.fixture
def plage(client: Client, saisie: dict[str, Any]) -> PlageOuverture:
    assert client.post(url("plage_nouvelle"), saisie).status_code == 302
    return PlageOuverture.objects.get()


def again(saisie: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return saisie | {"version": "1"} | changes


def test_a_range_is_opened_and_its_week_shown(
    client: Client, plage: PlageOuverture, lundi: date, django_assert_max_num_queries: Any
) -> None:
    assert (plage.regle, plage.blocs) == ("FREQ=WEEKLY;BYDAY=MO,TH", [[540, 720], [810, 1020]])
    assert plage.ressource.nom == "Claire Moreau"
    with django_assert_max_num_queries(17):
        page = text(client.get(url("plages"), {"semaine": lundi.isoformat()}))
    assert "9 h – 12 h, 13 h 30 – 17 h" in page
    assert f"?jour={(lundi + timedelta(days=3)).isoformat()}" in page
    assert "Chaque semaine, le lundi et le jeudi" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"blocs": "12 h – 9 h"}, "finit avant de commencer"),
        ({"blocs": "9 h – 12 h, 11 h – 14 h"}, "Les blocs 9 h 00 – 12 h 00 et 11 h 00 – 14 h 00 se chevauchent."),
        ({"blocs": "22 h – 2 h"}, "faites deux plages"),
        ({"premier_on": "9999-12-31"}, "vérifiez l'année"),
        ({"premier_on": "9999-12-31", "faire": "apercu"}, "vérifiez l'année"),
        ({"repetition": "avancee", "avancee": "FREQ=DAILY;" * 30}, "Cette règle est trop longue"),
        ({"blocs": "le matin"}, "n'est pas une plage"),
        ({"jours": []}, "Cochez au moins un jour."),
        ({"repetition": "avancee", "avancee": "FREQ=SECONDLY;INTERVAL=1"}, "par jour, par semaine ou par mois"),
        ({"repetition": "avancee", "avancee": "FREQ=WEEKLY;COUNT=3"}, "le dernier jour de la plage"),
        ({"motifs": []}, "au moins un motif"),
        ({"jusqu_on": "2020-01-01"}, "Le dernier jour vient avant le premier."),
        ({"qui": "agent:999999"}, "Choisissez dans la liste."),
        ({"repetition": "jamais", "premier_on": "2027-03-28", "blocs": "2h30 - 4h"}, "n'existe pas"),
    ],
)
def test_what_cannot_be_is_said(client: Client, saisie: dict[str, Any], wrong: dict[str, Any], said: str) -> None:
    answer = client.post(url("plage_nouvelle"), saisie | {"libelle": "Ma plage"} | wrong)
    assert answer.status_code == 422
    assert said in text(answer)
    assert "Ma plage" in text(answer)
    assert not PlageOuverture.objects.exists()


def test_a_doubt_is_shown_then_confirmed(client: Client, saisie: dict[str, Any], service: Service) -> None:
    long = make_motif(service, "Mariage", (300,))
    asked = saisie | {"motifs": [long.pk]}
    doubt = client.post(url("plage_nouvelle"), asked)
    assert doubt.status_code == 422
    assert "plus que le plus long bloc" in text(doubt)
    assert not OccurrencePlage.objects.exists()
    assert client.post(url("plage_nouvelle"), asked | {"confirme": "oui"}).status_code == 422
    seal = re.search(r'name="confirme" value="(\w+)"', text(doubt))
    assert seal is not None
    longer = make_motif(service, "Fête", (400,))
    another = asked | {"motifs": [long.pk, longer.pk], "confirme": seal[1]}
    assert client.post(url("plage_nouvelle"), another).status_code == 422  # another doubt asks again
    assert client.post(url("plage_nouvelle"), asked | {"confirme": seal[1]}).status_code == 302
    assert OccurrencePlage.objects.exists()


def test_the_first_days_are_shown_without_writing(client: Client, saisie: dict[str, Any], lundi: date) -> None:
    page = client.post(url("plage_nouvelle"), saisie | {"faire": "apercu"})
    assert page.status_code == 200
    assert f'datetime="{lundi.isoformat()}"' in text(page)
    assert not PlageOuverture.objects.exists()


def test_one_day_alone(client: Client, plage: PlageOuverture, saisie: dict[str, Any], lundi: date) -> None:
    thursday = lundi + timedelta(days=3)
    page = text(client.get(url("plage", plage.pk), {"jour": thursday.isoformat()}))
    assert "seulement" in page
    asked = again(saisie, jour=thursday.isoformat(), portee="celle_ci", blocs="10 h – 11 h", repetition="", jours=[])
    assert client.post(url("plage", plage.pk), asked).status_code == 302
    alone = PlageOuverture.objects.exclude(pk=plage.pk).get()
    assert (alone.premier_on, alone.regle, alone.blocs) == (thursday, "", [[600, 660]])
    plage.refresh_from_db()
    assert plage.exceptions == [thursday]
    assert OccurrencePlage.objects.filter(jour=thursday).count() == 1


def test_the_following_days(client: Client, plage: PlageOuverture, saisie: dict[str, Any], lundi: date) -> None:
    thursday = lundi + timedelta(days=3)
    asked = again(saisie, jour=thursday.isoformat(), portee="suivantes", blocs="10 h – 11 h")
    assert client.post(url("plage", plage.pk), asked).status_code == 302
    plage.refresh_from_db()
    assert plage.jusqu_on == thursday - timedelta(days=1)
    assert PlageOuverture.objects.get(premier_on=thursday).blocs == [[600, 660]]


def test_a_day_is_skipped_then_taken_back(client: Client, plage: PlageOuverture, lundi: date) -> None:
    day = {"jour": lundi.isoformat()}
    assert client.post(url("plage_sauter", plage.pk), day | {"version": 1}).status_code == 302
    assert "Jours sautés" in text(client.get(url("plage", plage.pk)))
    assert client.post(url("plage_sauter", plage.pk), day | {"version": 1}).status_code == 409
    assert client.post(url("plage_retablir", plage.pk), day | {"version": 2}).status_code == 302
    assert OccurrencePlage.objects.filter(jour=lundi).count() == 2


def test_appointments_left_without_range_are_listed(
    client: Client,
    plage: PlageOuverture,
    saisie: dict[str, Any],
    motif: Motif,
    usager: Any,
    ccas: Service,
    lundi: date,
) -> None:
    lieu = plage.lieu
    for hour, reason in ((14, motif), (15, make_motif(ccas, "Aide d'urgence"))):
        start = to_instant(lundi, hour * 60, lieu.fuseau)
        make_rendezvous(reason, plage.ressource, lieu, start, fin_at=start + timedelta(minutes=20), usager=usager)
    answer = client.post(url("plage", plage.pk), again(saisie, blocs="9 h – 12 h"), follow=True)
    page = text(answer)
    assert answer.redirect_chain[0][0].endswith(f"?ressource={plage.ressource_id}")
    assert "Ben Amar" in page
    assert "à 14 h 00" in page
    assert "Aide d'urgence" not in page  # sealed: its own agents only


def test_appointments_over_capacity_are_listed_as_such(
    client: Client, plage: PlageOuverture, saisie: dict[str, Any], motif: Motif, lieu: Lieu, lundi: date
) -> None:
    client.post(url("plage", plage.pk), again(saisie, capacite="2"))
    start = to_instant(lundi, 14 * 60, lieu.fuseau)
    for place in (1, 2):
        make_rendezvous(motif, plage.ressource, lieu, start, fin_at=start + timedelta(minutes=20), place=place)
    answer = client.post(url("plage", plage.pk), again(saisie, version="2", capacite="1"), follow=True)
    assert "1 rendez-vous n'a plus sa place." in text(answer)
    assert text(answer).count("au-delà de la capacité") == 1
    assert RendezVous.objects.filter(etat="confirme").count() == 2  # nothing is cancelled
    groupee = reverse("rendezvous:absences", args=["aurelle"])
    assert client.get(groupee, {"orphelins": "oui"}).content.decode().count('name="rdv"') == 1  # the way to move it


def test_a_stale_or_closed_range_is_not_written(client: Client, plage: PlageOuverture, saisie: dict[str, Any]) -> None:
    stale = client.post(url("plage", plage.pk), again(saisie, version="7", libelle="Trop tard"))
    assert stale.status_code == 409
    assert "Trop tard" in text(stale)
    assert text(stale).count('data-titre="Champ"') == 1  # hours, delays and lines are read the same way on both sides
    assert client.post(url("plage_retirer", plage.pk), {"version": 1}).status_code == 302
    assert client.get(url("plage", plage.pk)).status_code == 404
    assert not OccurrencePlage.objects.exists()


def test_written_during_the_request_every_button_sends_the_version_that_stands(
    client: Client, plage: PlageOuverture, saisie: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    face = plages._face_current

    def face_late(request: Any, form: Any) -> Any:
        PlageOuverture.objects.filter(pk=plage.pk).update(version=F("version") + 1)
        return face(request, form)

    monkeypatch.setattr(plages, "_face_current", face_late)
    stale = client.post(url("plage", plage.pk), again(saisie, version="7"))
    assert stale.status_code == 409
    sent = set(re.findall(r'name="version" value="(\d+)"', stale.content.decode()))
    assert sent == {str(plage.version + 1)}


def test_the_form_asks_the_same_whatever_the_number_of_ranges(
    client: Client, ressource: Ressource, lieu: Lieu, motif: Motif, lundi: date, django_assert_max_num_queries: Any
) -> None:
    for gap in range(4):
        made = make_plage(ressource, lieu, motif, jours=(lundi + timedelta(days=gap),))
    with django_assert_max_num_queries(19):
        assert client.get(url("plage", made.pk)).status_code == 200
    with django_assert_max_num_queries(17):
        assert client.get(url("plages"), {"semaine": lundi.isoformat()}).status_code == 200
