"""The secret feed: what an agent needs in their telephone, nobody's name, and nothing once revoked."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar
from pytest_django.fixtures import Settings

from citoyens.models import Usager
from collectivites.acces import Acces
from collectivites.acteur import Acteur
from collectivites.models import Agent, Collectivite, Lieu, Rattachement, Service, ServiceRattachement
from collectivites.permissions import Role
from rendezvous.echanges.flux import create_flux, find_flux, list_lignes, revoke_flux, write_flux
from rendezvous.etats import Etat
from rendezvous.heures import get_day
from rendezvous.models import FluxAgenda, Motif, RendezVous, Ressource, Seance
from tests.rendezvous.monde import make_agent, make_lieu, make_motif, make_rendezvous, make_ressource

HEURE = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _maintenant(at: datetime, time_machine: object) -> None:
    time_machine.move_to(at, tick=False)  # type: ignore[attr-defined]


@pytest.fixture
def flux(ressource: Ressource, agent: Agent, by: Acteur, at: datetime) -> tuple[FluxAgenda, str]:
    return create_flux(ressource=ressource, agent_id=agent.pk, by=by, at=at)


def book(motif: Motif, ressource: Ressource, lieu: Lieu, at: datetime, days: int = 4, **fields: object) -> RendezVous:
    start = at + timedelta(days=days)
    return make_rendezvous(motif, ressource, lieu, start, fin_at=start + HEURE, **fields)  # type: ignore[arg-type]


def read(client: Client, jeton: str, **headers: str) -> tuple[int, str]:
    answer = client.get(f"/usager/aurelle/rendez-vous/flux/{jeton}.ics", headers=headers)  # type: ignore[arg-type]
    return answer.status_code, answer.content.decode()


def test_a_feed_shows_where_and_why_but_nobody(
    client: Client, flux: tuple[FluxAgenda, str], motif: Motif, ressource: Ressource, lieu: Lieu, usager: Usager,
    at: datetime,
) -> None:  # fmt: skip
    rdv = book(motif, ressource, lieu, at, usager=usager, note="Dossier difficile", telephone="+33639981234")
    status, text = read(client, flux[1])
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert status == 200
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == ("Carte d'identité", "Hôtel de ville")
    assert (str(event["DESCRIPTION"]), str(event["UID"])) == (rdv.numero, str(rdv.uuid))
    assert event["DTSTART"].params["TZID"] == "Europe/Paris"
    assert event["DTSTART"].dt == rdv.debut_at
    assert "BEGIN:VTIMEZONE\r\nTZID:Europe/Paris" in text
    assert "X-PUBLISHED-TTL:PT15M" in text
    for secret in ("Ben Amar", "Samira", "difficile", "39981234", "samira@"):
        assert secret not in text


def test_a_sealed_or_sensitive_matter_is_only_taken_time(
    client: Client, flux: tuple[FluxAgenda, str], ressource: Ressource, lieu: Lieu, ccas: Service, service: Service,
    at: datetime,
) -> None:  # fmt: skip
    sealed = book(make_motif(ccas, "Aide alimentaire"), ressource, lieu, at, 4)
    sensitive = book(make_motif(service, "Changement de prénom", is_sensible=True), ressource, lieu, at, 5)
    _, text = read(client, flux[1])
    assert [str(each["SUMMARY"]) for each in Calendar.from_ical(text).walk("VEVENT")] == ["Occupé", "Occupé"]
    for secret in ("alimentaire", "prénom", sealed.numero, sensitive.numero, "LOCATION"):
        assert secret not in text


def test_the_window_the_options_and_what_was_cancelled(
    ressource: Ressource, agent: Agent, by: Acteur, motif: Motif, lieu: Lieu, at: datetime, acces: Acces
) -> None:
    ours, _ = create_flux(ressource=ressource, agent_id=agent.pk, by=by, at=at)
    theirs, _ = create_flux(lieu=make_lieu("Annexe"), agent_id=agent.pk, by=by, at=at)
    for days in (-61, -60, 400, 401):
        book(motif, ressource, lieu, at, days)
    book(motif, ressource, lieu, at, 7, etat=Etat.OPTION, expire_at=at + HEURE)
    gone = book(motif, ressource, lieu, at, 8, etat=Etat.ANNULE_USAGER, cancelled_at=at, sequence=2)
    book(motif, ressource, lieu, at, 9, etat=Etat.ANNULE_SERVICE, cancelled_at=at - timedelta(days=31))
    lignes = list_lignes(ours, acces, at=at)
    assert [(get_day(each.debut_at, "Europe/Paris") - at.date()).days for each in lignes] == [-60, 8, 400]
    text = write_flux("Agenda", lignes, at=at).decode()
    (cancelled,) = [each for each in Calendar.from_ical(text).walk("VEVENT") if each["STATUS"] == "CANCELLED"]
    assert (str(cancelled["UID"]), int(cancelled["SEQUENCE"])) == (str(gone.uuid), 3)
    assert list_lignes(theirs, acces, at=at) == []


def test_the_feed_of_a_lieu_has_its_sessions_in_its_own_zone(
    agent: Agent, by: Acteur, service: Service, ressource: Ressource, at: datetime, acces: Acces
) -> None:
    there = make_lieu("Saint-Denis", fuseau="Indian/Reunion")
    ours, _ = create_flux(lieu=there, agent_id=agent.pk, by=by, at=at)
    workshop = make_motif(service, "Atelier numérique", is_collectif=True, places=8)
    Seance.objects.create(
        motif=workshop, lieu=there, ressource=ressource, debut_at=at, fin_at=at + HEURE, jour=at.date(), places=8,
        created_at=at,
    )  # fmt: skip
    text = write_flux("Lieu", list_lignes(ours, acces, at=at), at=at).decode()
    assert "DTSTART;TZID=Indian/Reunion:20261119T130000" in text
    assert "SUMMARY:Atelier numérique" in text


def test_nothing_changed_is_304_and_reading_costs_few_queries(
    client: Client, flux: tuple[FluxAgenda, str], motif: Motif, ressource: Ressource, lieu: Lieu, at: datetime
) -> None:
    rdv = book(motif, ressource, lieu, at)
    path = f"/usager/aurelle/rendez-vous/flux/{flux[1]}.ics"
    first = client.get(path)
    assert first.headers["Cache-Control"] == "private, no-cache"
    with CaptureQueriesContext(connection) as asked:
        again = client.get(path, headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert len([each for each in asked if "SAVEPOINT" not in each["sql"]]) <= 8
    RendezVous.objects.filter(pk=rdv.pk).update(debut_at=rdv.debut_at + HEURE, fin_at=rdv.fin_at + HEURE, sequence=1)
    moved = client.get(path, headers={"if-none-match": first.headers["ETag"]})
    assert moved.status_code == 200
    assert b"SEQUENCE:1" in moved.content
    assert FluxAgenda.objects.get().read_at == at


def test_a_feed_stops_when_revoked_or_when_its_maker_leaves(
    client: Client, flux: tuple[FluxAgenda, str], agent: Agent, by: Acteur, at: datetime
) -> None:
    row, jeton = flux
    assert read(client, jeton)[0] == 200
    assert jeton not in row.jeton_hash
    assert read(client, jeton[:-1] + ("A" if jeton[-1] != "A" else "B"))[0] == 404
    Rattachement.objects.filter(agent=agent).update(is_active=False)
    assert read(client, jeton)[0] == 404
    Rattachement.objects.filter(agent=agent).update(is_active=True)
    revoke_flux(flux=row, by=by, at=at)
    assert read(client, jeton)[0] == 404
    assert find_flux(jeton) is None
    assert client.post(f"/usager/aurelle/rendez-vous/flux/{jeton}.ics").status_code == 405


def test_a_feed_stops_with_the_right_to_read_appointments(
    client: Client, flux: tuple[FluxAgenda, str], agent: Agent, motif: Motif, ressource: Ressource, lieu: Lieu,
    at: datetime,
) -> None:  # fmt: skip
    book(motif, ressource, lieu, at)
    assert "Carte d'identité" in read(client, flux[1])[1]
    Rattachement.objects.filter(agent=agent).update(roles=[Role.ADMINISTRATEUR])  # runs the settings, reads nobody
    assert read(client, flux[1])[0] == 404
    client.force_login(agent)
    page = client.get("/c/aurelle/rendez-vous/flux/").content.decode()
    assert "ne donne plus rien" in page
    assert "demandez à un superviseur" in page
    made = client.post("/c/aurelle/rendez-vous/flux/", {"geste": "flux", "de": f"lieu-{lieu.pk}"})
    assert (made.status_code, FluxAgenda.objects.count()) == (403, 1)
    Rattachement.objects.filter(agent=agent).update(roles=[Role.INSTRUCTEUR])
    assert read(client, flux[1])[0] == 200


def test_what_a_sealed_service_receives_leaves_the_feed_with_the_place_in_it(
    client: Client,
    agent: Agent,
    by: Acteur,
    ccas: Service,
    lieu: Lieu,
    ressource: Ressource,
    motif: Motif,
    at: datetime,
) -> None:
    link = ServiceRattachement.objects.create(rattachement=Rattachement.objects.get(agent=agent), service=ccas)
    other = make_ressource(make_agent(agent.rattachements.get().collectivite, "Inès Carpentier", ccas))
    secret, workshop = make_motif(ccas, "Aide"), make_motif(ccas, "Café des aidants", is_collectif=True, places=8)
    for days, (what, who) in enumerate(((motif, ressource), (secret, ressource), (motif, other), (secret, other)), 2):
        book(what, who, lieu, at, days)
    Seance.objects.create(
        motif=workshop, lieu=lieu, ressource=other, debut_at=at, fin_at=at + HEURE, jour=at.date(), places=8,
        created_at=at,
    )  # fmt: skip
    made = [create_flux(**whose, agent_id=agent.pk, by=by, at=at)[1]  # type: ignore[arg-type]
            for whose in ({"lieu": lieu}, {"ressource": other}, {"ressource": ressource})]  # fmt: skip

    def count(jeton: str) -> tuple[int, int]:
        text = read(client, jeton)[1]
        return text.count("BEGIN:VEVENT"), text.count("SUMMARY:Occupé")

    assert [count(jeton) for jeton in made] == [(5, 3), (3, 2), (2, 1)]
    link.delete()
    assert [count(jeton) for jeton in made] == [(2, 0), (1, 0), (2, 1)]  # one's own time stays taken time


def test_the_token_of_a_town_opens_nothing_in_another(
    client: Client, flux: tuple[FluxAgenda, str], settings: Settings
) -> None:
    Collectivite.objects.create(slug="valmont", nom="Valmont")
    assert client.get(f"/usager/valmont/rendez-vous/flux/{flux[1]}.ics").status_code == 404
