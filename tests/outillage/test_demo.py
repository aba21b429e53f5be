"""The supervisor of `make demo` starts what it says, restarts what dies, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from socket import create_server

import psutil
import pytest

from config.celery import app
from outils import demo, processus

RACINE = Path(__file__).resolve().parents[2]

# A child that, like gunicorn and Celery, has a worker of its own which outlives it when it is killed.
ENFANT = (
    "import subprocess,sys,time; subprocess.Popen([sys.executable,'-c','import time; time.sleep(60)']); time.sleep(60)"
)

# The real supervisor, with light children in place of the servers.
PROGRAMME = f"""
import os, signal, sys
from pathlib import Path
from socket import create_server
from outils import demo, processus
demo.DONNEES = processus.DONNEES = Path(sys.argv[1])
demo.commandes = lambda env: {{nom: [sys.executable, "-c", {ENFANT!r}] for nom in ("web", "taches", "passerelles")}}
superviseur = demo.Superviseur()
for signe in (signal.SIGINT, signal.SIGTERM):
    signal.signal(signe, superviseur.entendre)
superviseur.env = {{**os.environ, demo.MARQUE: sys.argv[2]}}
superviseur.lancer()
try:
    demo.dire("prêt")
    superviseur.tenir()
except demo.ArretDemande:
    superviseur.arreter()
"""


@pytest.fixture
def marque(tmp_path: Path) -> Iterator[str]:
    marque = f"{tmp_path}#"
    yield marque
    processus.achever(marque)


@pytest.fixture
def superviseur(tmp_path: Path, marque: str) -> Iterator["subprocess.Popen[str]"]:
    commande = [sys.executable, "-c", PROGRAMME, str(tmp_path), marque]
    with subprocess.Popen(commande, cwd=RACINE, stdout=subprocess.PIPE, text=True) as lance:
        assert lance.stdout is not None
        assert lance.stdout.readline() == "prêt\n"
        yield lance
        lance.kill()


def _attendre(condition: Callable[[], bool], secondes: float = 10) -> bool:
    fin = time.monotonic() + secondes
    while not condition() and time.monotonic() < fin:
        time.sleep(0.05)
    return condition()


def _vivants(marque: str) -> list[psutil.Process]:
    return [un for un in psutil.process_iter() if processus._porte(un, marque)]


@pytest.mark.parametrize("signe", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_stop_it_leaves_no_process_not_even_workers(
    superviseur: "subprocess.Popen[str]", marque: str, signe: int
) -> None:
    assert _attendre(lambda: len(_vivants(marque)) == 6), "three children, one worker each"
    superviseur.send_signal(signe)
    assert superviseur.wait(15) == 0
    assert _vivants(marque) == []


def test_a_child_that_is_killed_is_started_again_and_it_is_said_in_french(
    superviseur: "subprocess.Popen[str]", marque: str
) -> None:
    assert _attendre(lambda: len(_vivants(marque)) == 6)
    enfant = next(p for p in _vivants(marque) if p.ppid() == superviseur.pid)
    enfant.kill()
    assert superviseur.stdout is not None
    assert "s’est arrêté (code -9) : nouvel essai" in superviseur.stdout.readline()
    assert _attendre(lambda: len([p for p in _vivants(marque) if p.ppid() == superviseur.pid]) == 3)


def test_what_a_killed_supervisor_leaves_is_ended_by_the_next(
    superviseur: "subprocess.Popen[str]", marque: str
) -> None:
    assert _attendre(lambda: len(_vivants(marque)) == 6)
    superviseur.kill()
    superviseur.wait()
    assert len(_vivants(marque)) == 6, "the orphans go on, nobody told them to stop"
    assert processus.achever(marque) == 6
    assert _vivants(marque) == []


def test_an_unmarked_process_is_never_ended(marque: str) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as etranger:
        processus.achever(marque)
        assert etranger.poll() is None
        etranger.kill()


def test_the_worker_listens_to_every_queue_that_tasks_are_sent_to() -> None:
    routes = {route["queue"] for route in app.conf.task_routes.values()}
    assert set(demo.FILES_CELERY.split(",")) == routes | {app.conf.task_default_queue}


def test_a_busy_port_is_said_in_french(tmp_path: Path) -> None:
    with create_server(("127.0.0.1", 0)) as prise:
        port = prise.getsockname()[1]
        environnement = os.environ | {"PORT": str(port), "DONNEES": str(tmp_path)}
        fini = subprocess.run(
            [sys.executable, "outils/demo.py"],
            cwd=RACINE,
            env=environnement,
            capture_output=True,
            text=True,
            check=False,
        )
    assert fini.returncode == 1
    assert f"Le port {port} est déjà pris" in fini.stderr


def test_a_missing_library_of_the_pdf_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "PANGO", ("libc.so.6", "libabsente-1.0.so.0"))
    assert demo.pango_manquant() == "libabsente-1.0.so.0"


def test_a_port_that_is_no_number_is_refused_in_french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "huit mille")
    with pytest.raises(demo.DemoImpossible, match="PORT doit être un numéro de port, pas « huit mille »"):
        demo.Superviseur()
