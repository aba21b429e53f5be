"""The live process, for real: uvicorn, Redis, a browser's point of view."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
import redis
from django.conf import settings

from socle.direct import mint_token, name_channel

PATIENCE = 15  # seconds
ICI, AILLEURS = os.getpid() * 10, os.getpid() * 10 + 1  # towns of nobody: another session may share this Redis


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "config.flux:application",
        "--port",
        str(number),
        "--log-level",
        "error",
    ]
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    process = subprocess.Popen(command, env=env, cwd=settings.RACINE)
    try:
        _wait_open(number)
        yield number
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait_open(number: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", number)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("uvicorn did not start")


@contextmanager
def listen(port: int, token: str) -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", f"/flux/?jeton={token}")
    with closing(connection), closing(connection.getresponse()) as response:
        yield response


def publish_until_heard(collectivite_id: int, sujet: str, version: int = 1) -> None:
    """The process subscribes in the background at the first screen: repeat until Redis counts a listener."""
    deadline = time.monotonic() + PATIENCE
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        while time.monotonic() < deadline:
            if client.publish(name_channel(collectivite_id=collectivite_id, sujet=sujet), f'{{"version": {version}}}'):
                return
            time.sleep(0.05)
    raise AssertionError("nobody listens")


def read_versions(stream: http.client.HTTPResponse, last: int) -> list[str]:
    """Return the data of the events, up to the one of version `last`.

    A process that has just subscribed nudges every screen once, with an empty version: that one counts for nothing.
    """
    seen: list[str] = []
    while not seen or seen[-1] != f'data: {{"version": {last}}}':
        line = stream.readline().decode().strip()
        seen += [line] if line.startswith("data:") else []
    return [data for data in seen if data != "data: {}"]


def read_event(stream: http.client.HTTPResponse) -> str:
    while line := stream.readline().decode().strip():
        if line.startswith("event:"):
            return line
        stream.readline()
    return read_event(stream)


def test_a_screen_hears_its_subject(port: int) -> None:
    with listen(port, mint_token(collectivite_id=ICI, sujet="demandes")) as stream:
        assert stream.status == 200
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        publish_until_heard(ICI, "demandes")
        assert read_event(stream) == "event: maj"


def test_a_screen_never_hears_another_town(port: int) -> None:
    """A subject of its own: an event of another test may still be on its way."""
    with (
        listen(port, mint_token(collectivite_id=ICI, sujet="voisins")) as here,
        listen(port, mint_token(collectivite_id=AILLEURS, sujet="voisins")),
    ):
        publish_until_heard(AILLEURS, "voisins", version=66)
        publish_until_heard(ICI, "voisins", version=7)
        assert read_versions(here, last=7) == ['data: {"version": 7}']


@pytest.mark.parametrize("token", ["", "faux", "flux:7:demandes"])
def test_without_a_valid_token_the_stream_is_refused(port: int, token: str) -> None:
    with listen(port, token) as stream:
        assert stream.status == 403
