"""A calendar kept elsewhere closes the slots of its owner, and goes on doing so while its server is ill."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from pytest_django.fixtures import Settings

from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite, Service
from messagerie.envoi import AppelDansTransaction
from rendezvous.creneaux.recherche import find_creneaux
from rendezvous.echanges import agendas, releve
from rendezvous.models import AgendaExterne, OccurrenceIndisponible
from tests.rendezvous.echanges.test_lecture import AT, MULTISTATUS, write
from tests.rendezvous.monde import make_agent, make_lieu, make_motif, make_plage, make_ressource

pytestmark = pytest.mark.django_db(transaction=True)
LUNDI = date(2026, 11, 23)
REUNION = write(["DTSTART;TZID=Europe/Paris:20261123T090000", "DURATION:PT1H"])
MIDI = write(["DTSTART;TZID=Europe/Paris:20261123T110000", "DURATION:PT1H"])


class Serveur(ThreadingHTTPServer):
    """`reponse`: (status, body, headers). `recus`: (method, headers, body)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Poignee)
        self.reponse: tuple[int, bytes, dict[str, str]] = (200, REUNION, {})
        self.recus: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/agenda.ics"


class _Poignee(BaseHTTPRequestHandler):
    server: Serveur

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.recus.append((self.command, dict(self.headers.items()), body))
        statut, corps, entetes = self.server.reponse
        if entetes.get("ETag") and self.headers.get("If-None-Match") == entetes["ETag"]:
            statut, corps = 304, b""
        self.send_response(statut)
        for name, value in entetes.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(corps)))
        self.end_headers()
        self.wfile.write(corps)

    do_REPORT = do_GET  # noqa: N815 the name http.server looks for

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def serveur() -> Iterator[Serveur]:
    with Serveur() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@dataclass
class Banc:
    """A town where one agent receives on Monday from 9 to 12, and their calendar."""

    url: str
    at: datetime = AT
    genre: str = "ics"
    identifiants: tuple[str, str] = ("", "")
    ville: Collectivite = field(init=False)
    agenda: AgendaExterne = field(init=False)

    def __post_init__(self) -> None:
        self.ville = Collectivite.objects.create(slug="aurelle", nom="Ville d'Aurelle")
        with collectivite_active(self.ville.pk):
            service = Service.objects.create(nom="État civil", domaine="etat_civil")
            self.ressource = make_ressource(make_agent(self.ville, "Claire Moreau", service))
            self.motif = make_motif(service, durees=(60,))
            make_plage(self.ressource, make_lieu(), self.motif, jours=(LUNDI,))
            acces = agendas.Acces(self.genre, self.url, *self.identifiants)
            self.agenda = agendas.add_agenda(ressource=self.ressource, acces=acces, by=AUTOMATE, at=self.at)

    def fetch(self, minutes: int = 0) -> bool:
        self.at += timedelta(minutes=minutes)
        done = releve.fetch_agenda(self.ville.pk, self.agenda.pk, clock=lambda: self.at)
        with collectivite_active(self.ville.pk):
            self.agenda.refresh_from_db()
        return done

    def offered(self) -> list[int]:
        """The hours (local) offered on Monday."""
        with collectivite_active(self.ville.pk):
            found = find_creneaux(motif=self.motif, du=LUNDI, au=LUNDI, at=self.at, pour_agent=True)
        return sorted({each.debut_at.astimezone(UTC).hour + 1 for each in found if each.debut_at.minute == 0})


@pytest.fixture(autouse=True)
def _boucle(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RESEAU_INTERNE_AUTORISE = "127.0.0.0/8"
    monkeypatch.setattr(agendas, "ask_worker", lambda *_args: None)


def test_a_meeting_elsewhere_closes_the_slot_at_once(serveur: Serveur) -> None:
    banc = Banc(serveur.url)
    assert banc.offered() == [9, 10, 11]
    assert banc.fetch()
    assert banc.offered() == [10, 11]
    assert (banc.agenda.erreur, banc.agenda.reussi_at) == ("", AT)
    serveur.reponse = (200, MIDI, {})
    assert not banc.fetch(14)  # every quarter of an hour, no sooner
    assert banc.fetch(1)
    assert banc.offered() == [9, 10]
    with collectivite_active(banc.ville.pk):
        row = OccurrenceIndisponible.objects.get()
        assert row.ressource_id == banc.ressource.pk
        agendas.remove_agenda(agenda=banc.agenda, by=AUTOMATE, at=banc.at)
    assert banc.offered() == [9, 10, 11]


ECHECS: list[tuple[int, bytes, dict[str, str], str]] = [
    (500, b"", {}, "répond 500"),
    (401, b"", {}, "mot de passe"),
    (404, b"", {}, "n'existe pas"),
    (302, b"", {"Location": "http://169.254.169.254/"}, "adresse finale"),
    (200, b"<html>", {}, "format ICS"),
    (200, b"x" * (5 * 2**20 + 1), {}, "5\u00a0Mo au plus"),
    (200, write(["DTSTART:20261126T090000Z", "RRULE:FREQ=SECONDLY"]), {}, "chaque seconde"),
]


def test_a_reading_that_fails_says_why_and_frees_nobody(serveur: Serveur) -> None:
    banc = Banc(serveur.url)
    banc.fetch()
    for statut, corps, entetes, phrase in ECHECS:
        serveur.reponse = (statut, corps, entetes)
        banc.fetch(15)
        assert phrase in banc.agenda.erreur
        assert banc.offered() == [10, 11], phrase
        assert banc.agenda.reussi_at == AT
    serveur.reponse = (200, REUNION, {})
    banc.fetch(15)
    assert (banc.agenda.erreur, banc.agenda.reussi_at) == ("", banc.at)


def test_what_did_not_change_is_not_read_again_until_tomorrow(
    serveur: Serveur, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[bytes] = []
    real = releve.read_apart
    monkeypatch.setattr(releve, "read_apart", lambda corps, **how: reads.append(corps) or real(corps, **how))
    serveur.reponse = (200, REUNION, {"ETag": '"v1"'})
    banc = Banc(serveur.url)
    for minutes in (0, 15, 15):
        banc.fetch(minutes)
    assert [headers.get("If-None-Match") for _, headers, _ in serveur.recus] == [None, '"v1"', '"v1"']
    assert len(reads) == 1
    assert banc.agenda.reussi_at == banc.at
    banc.fetch(24 * 60)  # another day: the horizon moved
    assert len(reads) == 2


def test_a_bomb_is_not_defused_twice(serveur: Serveur, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[bytes] = []
    real = releve.read_apart
    monkeypatch.setattr(releve, "read_apart", lambda corps, **how: reads.append(corps) or real(corps, **how))
    serveur.reponse = (200, write(["DTSTART:20261126T090000Z", "RRULE:FREQ=SECONDLY"]), {})
    banc = Banc(serveur.url)
    banc.fetch()
    banc.fetch(15)
    assert len(reads) == 1
    assert "chaque seconde" in banc.agenda.erreur
    assert banc.agenda.reussi_at is None


def test_caldav_is_asked_one_question_with_our_name(serveur: Serveur) -> None:
    serveur.reponse = (207, MULTISTATUS.format(REUNION.decode()).encode(), {})
    banc = Banc(serveur.url, genre="caldav", identifiants=("claire", "secrète"))
    assert b"secr" not in bytes(banc.agenda.identifiants)
    banc.fetch()
    assert banc.offered() == [10, 11]
    method, headers, body = serveur.recus[0]
    assert (method, headers["Depth"]) == ("REPORT", "1")
    assert headers["Authorization"] == f"Basic {base64.b64encode('claire:secrète'.encode()).decode()}"
    assert b'<C:time-range start="20261118T090000Z" end="20271224T090000Z"/>' in body


def test_a_paused_calendar_takes_no_time_and_asks_nothing(serveur: Serveur) -> None:
    banc = Banc(serveur.url)
    banc.fetch()
    with collectivite_active(banc.ville.pk):
        agendas.set_active(agenda=banc.agenda, is_active=False, by=AUTOMATE, at=banc.at)
    assert banc.offered() == [9, 10, 11]
    assert not banc.fetch(15)
    assert releve.find_due(at=banc.at, limit=9) == []
    with collectivite_active(banc.ville.pk):
        agendas.set_active(agenda=banc.agenda, is_active=True, by=AUTOMATE, at=banc.at)
    assert releve.find_due(at=banc.at, limit=9) == [(banc.ville.pk, banc.agenda.pk)]


def test_a_calendar_changed_during_its_reading_keeps_what_was_decided(
    serveur: Serveur, monkeypatch: pytest.MonkeyPatch
) -> None:
    banc = Banc(serveur.url)
    real = releve.ask

    def ask_slowly(demande: releve.Demande) -> releve.Releve:
        with collectivite_active(banc.ville.pk):
            agendas.set_active(agenda=banc.agenda, is_active=False, by=AUTOMATE, at=banc.at)
        return real(demande)

    monkeypatch.setattr(releve, "ask", ask_slowly)
    banc.fetch()
    assert banc.offered() == [9, 10, 11]


def test_no_server_is_called_inside_a_transaction(serveur: Serveur) -> None:
    banc = Banc(serveur.url)
    with collectivite_active(banc.ville.pk), pytest.raises(AppelDansTransaction):
        banc.fetch()
    assert serveur.recus == []


def test_an_inner_address_is_never_asked(serveur: Serveur, settings: Settings) -> None:
    banc = Banc(serveur.url)
    settings.RESEAU_INTERNE_AUTORISE = ""
    banc.fetch()
    assert serveur.recus == []
    assert "https://" in banc.agenda.erreur
