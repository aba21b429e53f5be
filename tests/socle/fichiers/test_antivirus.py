"""The antivirus, by its real protocol; without it, nothing breaks and nothing is called clean."""

import io
import socket
from pathlib import Path

import pytest
from django.test import Client

from socle.fichiers.antivirus import Analyse, is_configured, scan
from tests.socle.fichiers.clamd import EICAR, clamd


def test_clean_and_infected_by_tcp(settings: object) -> None:
    with clamd() as server:
        settings.CLAMD_URL = server.url  # type: ignore[attr-defined]
        flux = io.BytesIO(b"x" * 200_000)
        flux.seek(5)
        assert scan(flux).analyse == Analyse.SAINE
        assert server.vus == [b"x" * 200_000]  # whole, in several blocks
        found = scan(io.BytesIO(EICAR))
    assert (found.analyse, found.detail, found.is_final) == (Analyse.INFECTEE, "Eicar-Test-Signature", True)


def test_by_a_unix_socket(settings: object, tmp_path: Path) -> None:
    with clamd(tmp_path / "clamd.ctl") as server:
        settings.CLAMD_URL = server.url  # type: ignore[attr-defined]
        assert scan(io.BytesIO(EICAR)).analyse == Analyse.INFECTEE


def test_too_heavy_for_it(settings: object) -> None:
    with clamd() as server:
        settings.CLAMD_URL, server.limite = server.url, 10  # type: ignore[attr-defined]
        found = scan(io.BytesIO(b"x" * 3_000_000))
    assert (found.analyse, found.is_final) == (Analyse.NON_ANALYSEE, True)
    assert "trop lourd" in found.detail


def test_its_state_shows_on_sante(settings: object, client: Client, db: None) -> None:
    with clamd() as server:
        settings.CLAMD_URL = server.url  # type: ignore[attr-defined]
        assert client.get("/sante/").json()["antivirus"] == "ok"
    assert client.get("/sante/").json()["antivirus"] == "panne"
    settings.CLAMD_URL = ""  # type: ignore[attr-defined]
    assert client.get("/sante/").json()["antivirus"] == "absent"


def test_not_configured(settings: object) -> None:
    settings.CLAMD_URL = ""  # type: ignore[attr-defined]
    assert not is_configured()
    assert scan(io.BytesIO(EICAR)).analyse == Analyse.NON_ANALYSEE


@pytest.mark.parametrize("url", ["unix:///nulle/part", "http://127.0.0.1", "tcp://"])
def test_unreachable_is_said_and_asked_again(settings: object, url: str) -> None:
    settings.CLAMD_URL = url  # type: ignore[attr-defined]
    found = scan(io.BytesIO(b"x"))
    assert (found.analyse, found.is_final) == (Analyse.NON_ANALYSEE, False)
    assert "ne répond pas" in found.detail


def test_a_closed_port_and_a_mute_server(settings: object) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.CLAMD_URL = f"tcp://127.0.0.1:{taken.getsockname()[1]}"  # type: ignore[attr-defined]
        assert not scan(io.BytesIO(b"x")).is_final
    with clamd() as server:
        settings.CLAMD_URL, server.muet = server.url, True  # type: ignore[attr-defined]
        assert not scan(io.BytesIO(b"x")).is_final
