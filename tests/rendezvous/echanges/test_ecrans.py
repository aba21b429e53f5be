"""« Mes agendas » and « Agendas et flux »: one's own for who receives, everybody's for who runs the offer."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from collectivites.acteur import AUTOMATE
from collectivites.models import Agent, Collectivite, Lieu, Service
from collectivites.permissions import Role
from journal.models import Evenement
from rendezvous.echanges import agendas as actions
from rendezvous.jetons import hash_jeton
from rendezvous.models import AgendaExterne, FluxAgenda, OccurrenceIndisponible, Ressource
from tests.rendezvous.monde import make_agent, make_ressource

MIENS, TOUS = "/c/aurelle/rendez-vous/mes-agendas/", "/c/aurelle/rendez-vous/flux/"
ICS = {"geste": "agenda", "genre": "ics", "url": "https://exemple.fr/secret.ics"}


@pytest.fixture(autouse=True)
def _sans_ouvrier(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "ask_worker", lambda *_args: None)


@pytest.fixture
def yann(ville: Collectivite, service: Service, client: Client) -> Agent:
    agent = make_agent(ville, "Yann Le Goff", service)
    client.force_login(agent)
    return agent


def make_agenda(ressource: Ressource, url: str) -> AgendaExterne:
    acces = actions.Acces("ics", url)
    return actions.add_agenda(ressource=ressource, acces=acces, by=AUTOMATE, at=datetime(2026, 11, 19, tzinfo=UTC))


def test_an_agent_keeps_their_own_calendars(client: Client, yann: Agent) -> None:
    empty = client.get(MIENS).content.decode()
    assert "Aucun agenda lu" in empty
    assert not Ressource.objects.exists()  # reading writes nothing
    assert client.post(MIENS, ICS | {"url": "webcal://exemple.fr/secret.ics"}).status_code == 302
    row = AgendaExterne.objects.get()
    assert (row.hote, row.ressource.agent_id) == ("exemple.fr", yann.pk)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(MIENS).content.decode()
    assert len(asked) <= 20
    assert "exemple.fr" in page
    assert "secret.ics" not in page  # the address is a key: shown no more
    assert client.post(MIENS, ICS).status_code == 409  # already followed


@pytest.mark.parametrize(
    ("fields", "phrase"),
    [
        ({"url": "http://exemple.fr/a.ics"}, "commencer par https"),
        ({"url": "https://169.254.169.254/latest/"}, "réseau interne"),
        ({"url": "https://a:b@exemple.fr/"}, "ni identifiant"),
        ({"genre": "caldav"}, "demande un identifiant"),
    ],
)
def test_a_bad_calendar_comes_back_with_its_reason(
    client: Client, yann: Agent, fields: dict[str, str], phrase: str
) -> None:
    answer = client.post(MIENS, ICS | fields)
    assert answer.status_code == 422
    assert phrase in answer.content.decode()
    assert fields.get("url", ICS["url"]) in answer.content.decode()
    assert not AgendaExterne.objects.exists()


def test_a_feed_is_shown_once_and_revoked(client: Client, yann: Agent) -> None:
    shown = client.post(MIENS, {"geste": "flux"}).content.decode()
    feed = FluxAgenda.objects.get()
    jeton = shown.partition("/usager/aurelle/rendez-vous/flux/")[2].partition(".ics")[0]
    assert hash_jeton(jeton) == feed.jeton_hash
    assert jeton not in client.get(MIENS).content.decode()
    assert client.get(f"/usager/aurelle/rendez-vous/flux/{jeton}.ics").status_code == 200
    assert client.post(f"/c/aurelle/rendez-vous/flux/{feed.pk}/revoquer/").status_code == 302
    assert client.get(f"/usager/aurelle/rendez-vous/flux/{jeton}.ics").status_code == 404
    assert Evenement.objects.filter(verbe="flux.revoque").count() == 1


def test_nobody_touches_the_calendars_of_another(
    client: Client, yann: Agent, ressource: Ressource, lieu: Lieu, at: datetime
) -> None:
    other = make_agenda(ressource, "https://exemple.fr/autre.ics")
    feed = FluxAgenda.objects.create(lieu=lieu, jeton_hash="x", par=yann, created_at=at)
    for gesture in (f"agendas/{other.pk}/relever/", f"agendas/{other.pk}/service/", f"agendas/{other.pk}/supprimer/",
                    f"flux/{feed.pk}/revoquer/"):  # fmt: skip
        assert client.post(f"/c/aurelle/rendez-vous/{gesture}").status_code == 403, gesture
    assert client.get(TOUS).status_code == 403
    assert "autre.ics" not in client.get(MIENS).content.decode()


def test_who_runs_the_offer_does_it_for_everybody(
    client: Client, ville: Collectivite, service: Service, ressource: Ressource, lieu: Lieu
) -> None:
    client.force_login(make_agent(ville, "Inès Carpentier", service, roles=(Role.SUPERVISEUR,)))
    assert client.post(TOUS, {"geste": "flux", "de": f"lieu-{lieu.pk}"}).status_code == 200
    assert client.post(TOUS, {"geste": "flux", "de": "lieu-999"}).status_code == 422
    assert FluxAgenda.objects.get().lieu_id == lieu.pk
    client.force_login(make_agent(ville, "Paul Nguyen", roles=(Role.ADMINISTRATEUR,)))
    assert client.get(MIENS).status_code == 403  # receives nobody
    assert client.post(TOUS, ICS | {"ressource": str(ressource.pk)}).status_code == 302
    row = AgendaExterne.objects.get()
    OccurrenceIndisponible.objects.create(
        agenda=row, ressource=ressource, debut_at="2026-11-23T08:00Z", fin_at="2026-11-23T09:00Z"
    )
    assert client.post(f"/c/aurelle/rendez-vous/agendas/{row.pk}/service/").url == TOUS  # type: ignore[attr-defined]
    assert not OccurrenceIndisponible.objects.exists()
    assert "suspendu" in client.get(TOUS).content.decode()
    assert client.post(f"/c/aurelle/rendez-vous/agendas/{row.pk}/supprimer/").status_code == 302
    assert not AgendaExterne.objects.exists()


def test_a_failing_calendar_says_so_and_that_it_still_counts(client: Client, yann: Agent, at: datetime) -> None:
    row = make_agenda(make_ressource(yann), "https://exemple.fr/a.ics")
    AgendaExterne.objects.filter(pk=row.pk).update(
        releve_at=at, reussi_at=at.replace(hour=8), erreur="Le serveur n'a pas répondu à temps."
    )
    page = client.get(MIENS).content.decode().replace("&#x27;", "'")
    assert "en échec" in page
    assert "Les derniers horaires lus comptent toujours." in page
