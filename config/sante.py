"""`/sante/`: is each component alive? No secret, no personal data; 503 when pages can't be served."""

from functools import cache
from typing import Any

import redis
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse

from config.battement import RETARD, connect, read_pulse
from socle.fichiers import antivirus


def vivant(request: HttpRequest) -> HttpResponse:
    """Answer 200 without any input or output: the process runs."""
    return HttpResponse("vivant\n", content_type="text/plain; charset=utf-8")


def sante(request: HttpRequest) -> JsonResponse:
    """Answer 200 with the state of each component; 503 if we can't serve pages (database away or not migrated)."""
    states = {**_probe_database(), **_probe_redis(), "antivirus": _probe_antivirus()}
    is_serving = states["base"] == "ok" and states["migrations"] == "ok"
    return JsonResponse({"guichet": "ok" if is_serving else "panne", **states}, status=200 if is_serving else 503)


def _probe_database() -> dict[str, str]:
    try:
        missing = _expected_migrations() - _applied_migrations()
    except (DatabaseError, OSError):
        return {"base": "panne", "migrations": "inconnu"}
    return {"base": "ok", "migrations": f"{len(missing)} à appliquer" if missing else "ok"}


@cache
def _expected_migrations() -> frozenset[tuple[str, str]]:
    """The migrations of this code, read from the disk once a process."""
    return frozenset(MigrationLoader(None).disk_migrations or {})


def _applied_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationRecorder(connection).applied_migrations())


def _probe_antivirus() -> str:
    """Without it pages are served, and files are « non analysés »."""
    if not antivirus.is_configured():
        return "absent"
    return "ok" if antivirus.ping() else "panne"


def _probe_redis() -> dict[str, Any]:
    """Redis, the age of the last beat, and the lengths of the queues."""
    try:
        with connect() as client:
            age, lengths = read_pulse(client)
    except (redis.RedisError, OSError):
        return {"redis": "panne", "beat": {"etat": "inconnu", "age_secondes": None}, "files": {}}
    state = "jamais vu" if age is None else "ok" if age <= RETARD else "en retard"
    shown = None if age is None else round(age, 1)
    return {"redis": "ok", "beat": {"etat": state, "age_secondes": shown}, "files": lengths}
