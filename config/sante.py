"""`/sante/`: is each component alive? No secret, no personal data; 503 when the database is away."""

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse


def sante(request: HttpRequest) -> JsonResponse:
    """Answer 200 with the state of each component; 503 if we can't serve pages."""
    states = {"base": _probe(_ask_database), "redis": _probe(_ask_redis)}
    is_serving = states["base"] == "ok"
    return JsonResponse({"guichet": "ok" if is_serving else "panne", **states}, status=200 if is_serving else 503)


def _probe(ask: Callable[[], None]) -> str:
    try:
        ask()
    except (DatabaseError, redis.RedisError, OSError):
        return "panne"
    return "ok"


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_redis() -> None:
    redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1).ping()
