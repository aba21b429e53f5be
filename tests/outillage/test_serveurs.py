"""The launcher of PostgreSQL and Valkey holds through kills, and tells its own processes from others."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from shutil import rmtree

import psutil
import psycopg
import pytest
import redis

from outils.serveurs import Services, noter, port_libre, vivant


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    services = Services.du_profil("demo", prive=tmp_path_factory.mktemp("depot"))
    yield services
    services.stop()
    if services.compte:
        rmtree(services.dossier.parent)


def _compter(adresse: str) -> int:
    with psycopg.connect(adresse) as connexion:
        (nombre,) = connexion.execute("SELECT count(*) FROM temoin").fetchone() or (0,)
    return int(nombre)


def _postmaster(services: Services) -> psutil.Process:
    processus = services._postmaster()
    assert processus is not None
    return processus


@pytest.mark.lent
def test_starting_twice_reuses_the_running_servers(services: Services) -> None:
    premiere = services.start()
    pid = _postmaster(services).pid
    assert services.start() == premiere
    assert _postmaster(services).pid == pid
    with redis.Redis.from_url(premiere["REDIS_URL"]) as client:
        assert client.ping()


@pytest.mark.lent
def test_nothing_committed_is_lost_when_both_servers_are_killed(services: Services) -> None:
    adresses = services.start()
    with psycopg.connect(adresses["DATABASE_URL"]) as connexion:
        connexion.execute("CREATE TABLE IF NOT EXISTS temoin AS SELECT generate_series(1, 1000) AS n")
    _postmaster(services).kill()
    psutil.Process(services.lire()["valkey"]["pid"]).kill()
    fin = time.monotonic() + 5
    while any(services.etat().values()) and time.monotonic() < fin:
        time.sleep(0.05)
    assert services.etat() == {"postgresql": False, "valkey": False}
    assert services.start() == adresses, "the same ports and passwords: running children keep their addresses"
    assert _compter(adresses["DATABASE_URL"]) == 1000


@pytest.mark.lent
def test_a_stale_pid_file_that_names_a_stranger_does_not_stop_the_start(services: Services) -> None:
    adresses = services.start()
    services.stop()
    assert services.etat() == {"postgresql": False, "valkey": False}
    (services.donnees / "postmaster.pid").write_text(f"{os.getpid()}\n{services.donnees}\n")
    assert services.start() == adresses
    assert services.etat() == {"postgresql": True, "valkey": True}


@pytest.mark.lent
def test_a_taken_port_is_left_to_its_owner(services: Services) -> None:
    services.start()
    services.stop()
    voulu = services.lire()["port_valkey"]
    with socket.create_server(("127.0.0.1", voulu)):
        adresses = services.start()
        assert f":{voulu}/" not in adresses["REDIS_URL"]
        with redis.Redis.from_url(adresses["REDIS_URL"]) as client:
            assert client.ping()


@pytest.mark.lent
def test_the_last_user_stops_the_servers_and_a_killed_user_counts_as_gone(services: Services) -> None:
    services.stop()
    code = (
        "import sys,time; from pathlib import Path; from outils.serveurs import Services\n"
        "with Services.du_profil('demo', prive=Path(sys.argv[1])).en_usage():\n"
        "    print('pret', flush=True); time.sleep(60)"
    )
    usager = subprocess.Popen([sys.executable, "-c", code, str(services.prive)], stdout=subprocess.PIPE)
    try:
        assert usager.stdout is not None
        assert usager.stdout.readline() == b"pret\n"
        with services.en_usage():
            pass
        assert services.etat()["postgresql"], "another session still uses it"
    finally:
        usager.send_signal(signal.SIGKILL)
        usager.communicate()
    with services.en_usage():
        pass
    assert services.etat() == {"postgresql": False, "valkey": False}


@pytest.mark.lent
def test_two_processes_that_start_at_once_get_one_server(services: Services) -> None:
    services.stop()
    adresses: list[dict[str, str]] = []
    fils = [threading.Thread(target=lambda: adresses.append(services.start())) for _ in range(3)]
    for un in fils:
        un.start()
    for un in fils:
        un.join()
    assert adresses[0] == adresses[1] == adresses[2]


def test_a_reused_pid_is_not_taken_for_ours() -> None:
    trace = noter(os.getpid())
    assert vivant(trace) is not None
    assert vivant(trace | {"depuis": trace["depuis"] - 3600}) is None


def test_a_wanted_port_is_kept_when_it_is_free() -> None:
    port = port_libre()
    assert port_libre(port) == port
