"""Pytest plugin loaded first (``-p tests.serveurs``): gives the suite a real PostgreSQL and a real Valkey.

It runs before the settings are read. DATABASE_URL and REDIS_URL are kept when given (DATABASE_URL then is a superuser
of a PostgreSQL that may be filled with test databases); else the servers of the ``test`` profile are started, shared
with the other sessions on this machine, and stopped by the last one that leaves.
"""

import contextlib
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import redis

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from outils.serveurs import Services

BASES_VALKEY = 1024
_usage = contextlib.ExitStack()


def _numero_ouvrier() -> int:
    """Return 0 for a lone session, 1, 2… for the workers of xdist."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw-1").removeprefix("gw")) + 1


def _base_valkey_a_part(adresse: str, controleur: int) -> str:
    """Return the address of a numbered Valkey database that no other worker or session uses, emptied."""
    with redis.Redis.from_url(adresse) as client:
        bases = int(client.config_get("databases")["databases"])
        numero = (controleur * 16 + _numero_ouvrier()) % bases
    a_part = urlsplit(adresse)._replace(path=f"/{numero}").geturl()
    with redis.Redis.from_url(a_part) as client:
        client.flushdb()
    return a_part


def _ouvrir() -> None:
    if "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ:
        adresses = _usage.enter_context(Services.du_profil("test").en_usage())
        for nom, adresse in adresses.items():
            os.environ.setdefault(nom, adresse)
    controleur = int(os.environ.setdefault("GUICHET_TEST_SESSION", str(os.getpid())))
    os.environ["REDIS_URL"] = _base_valkey_a_part(os.environ["REDIS_URL"], controleur)


def pytest_unconfigure() -> None:
    _usage.close()


_ouvrir()
