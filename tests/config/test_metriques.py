"""Figures: true, for the operator only, without a word of a town; summed over the workers of a real gunicorn."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as reglages
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite
from config import metriques
from config.mesures_partagees import choose_rank
from demandes.models import Entree
from messagerie.models import Envoi

Lire = Callable[..., float | None]


def read(text: str, name: str, **labels: str) -> float | None:
    """The value of one sample, None when it is not there."""
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == name and labels.items() <= sample.labels.items():
                return sample.value
    return None


def ask(client: Client) -> str:
    response = client.get("/metriques")
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def villes(db: None) -> list[Collectivite]:
    return [Collectivite.objects.create(slug=f"ville-{n}", nom=f"Canari {n}") for n in range(2)]


def test_the_ledger_and_the_entries_of_every_town_are_counted(client: Client, villes: list[Collectivite]) -> None:
    now = timezone.now()
    for rank, ville in enumerate(villes):
        with collectivite_active(ville.pk):
            for delay in (timedelta(minutes=-10), timedelta(days=1)):  # due, and not yet
                Envoi.objects.create(
                    uuid=uuid4(), clef=f"essai:{rank}:{delay}", canal="sms", destinataire="+33639981234",
                    corps_texte="Canari", prevu_at=now + delay, created_at=now,
                )  # fmt: skip
            for etat in ("recue", "quarantaine", "traitee"):
                Entree.objects.create(
                    canal="courriel", externe_id=f"{rank}-{etat}", empreinte="0" * 64, brut="x", octets=1, etat=etat,
                    received_at=now - timedelta(hours=1), expediteur="canari@exemple.fr",
                )  # fmt: skip
    text = ask(client)
    assert read(text, "guichet_envois", canal="sms", etat="a_envoyer") == 2
    assert read(text, "guichet_envois", canal="courriel", etat="a_envoyer") == 0
    assert read(text, "guichet_envois_age_secondes", canal="sms", etat="a_envoyer") == pytest.approx(600, abs=30)
    assert read(text, "guichet_entrees", etat="quarantaine") == 2
    assert read(text, "guichet_entrees", etat="recue") == 2
    assert read(text, "guichet_entrees_age_secondes", etat="recue") == pytest.approx(3600, abs=30)
    for secret in ("anari", "33639981234", "ville-"):
        assert secret not in text


def test_a_request_is_timed_under_the_name_of_its_view(client: Client, db: None) -> None:
    def count() -> float:
        return read(ask(client), "guichet_requete_secondes_count", vue="vivant") or 0

    before = count()
    client.get("/sante/vivant")
    client.get("/sante/vivant")
    assert count() == before + 2


def test_paths_and_made_up_methods_make_no_series(client: Client, db: None) -> None:
    client.get("/nulle-part/dupont")
    client.generic("DUPONT", "/sante/vivant")
    text = ask(client)
    assert "upont" not in text.lower()
    assert (read(text, "guichet_requetes_total", vue="aucune", methode="GET", statut="4xx") or 0) >= 1
    assert (read(text, "guichet_requetes_total", methode="autre") or 0) >= 1


@pytest.mark.parametrize(
    ("meta", "token", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, "", 200),
        ({"REMOTE_ADDR": "::1"}, "", 200),
        ({"REMOTE_ADDR": "203.0.113.9"}, "", 403),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_PROTO": "https"}, "", 403),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}, "", 403),
        ({"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer jeton-long"}, "jeton-long", 200),
        ({"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer faux"}, "jeton-long", 403),
        ({"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer "}, "", 403),
    ],
)
def test_only_this_machine_or_the_bearer_reads_them(
    client: Client, db: None, settings: Settings, meta: dict[str, str], token: str, status: int
) -> None:
    settings.METRIQUES_JETON = token
    assert client.get("/metriques", **meta).status_code == status


def test_redis_away_gives_a_figure_not_an_error(client: Client, db: None, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    text = ask(client)
    assert read(text, "guichet_redis_joignable") == 0
    assert read(text, "guichet_battement_age_secondes") is None
    assert read(text, "guichet_base_joignable") == 1


@pytest.mark.parametrize(("taken", "rank"), [(set(), 0), ({0, 1}, 2), ({1}, 0), ({0, 2}, 1)])
def test_a_new_worker_takes_the_lowest_free_rank(taken: set[int], rank: int) -> None:
    assert choose_rank(taken) == rank


@pytest.fixture
def serveur(tmp_path: Path) -> Iterator[str]:
    """A real gunicorn with two workers that are replaced every fifteen requests, and no database."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", "--no-control-socket", "--preload", "--worker-class", "gthread", "--workers",
        "2", "--threads", "2", "--max-requests", "15", "--bind", f"127.0.0.1:{port}", "config.wsgi",
    ]  # fmt: skip
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.test", "DONNEES": str(tmp_path), "PORT": str(port),
        "DATABASE_URL": "postgresql://guichet@127.0.0.1:9/guichet",
    }  # fmt: skip
    process = subprocess.Popen(command, cwd=reglages.RACINE, env=env, stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def fetch(url: str) -> str:
    """Ask until it answers: a worker that ends its turn may refuse a connection."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(url, timeout=10) as response:
            return str(response.read().decode())
        time.sleep(0.1)
    raise AssertionError(f"no answer from {url}")


@pytest.mark.lent
def test_the_counters_of_workers_come_and_gone_are_summed(serveur: str, tmp_path: Path) -> None:
    for _ in range(50):
        fetch(f"{serveur}/sante/vivant")
    text = fetch(f"{serveur}/metriques")
    assert read(text, "guichet_requete_secondes_count", vue="vivant") == 50
    assert read(text, "guichet_base_joignable") == 0
    files = {path.name for path in (tmp_path / "metriques").rglob("*.db")}
    assert files <= {f"{kind}_ouvrier{rank}.db" for kind in ("counter", "histogram") for rank in range(3)}


def test_a_spoilt_figure_costs_nobody_their_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoilt(*_: object) -> None:
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")

    monkeypatch.setattr(metriques.DUREES, "labels", spoilt)
    assert client.get("/sante/vivant").status_code == 200
