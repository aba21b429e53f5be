"""The heartbeat: beat asks, a worker notes the instant in Redis; its age says whether both are alive."""

import time
from typing import Any

import redis
from celery import shared_task
from django.conf import settings

PERIODE = 15.0  # seconds, as in config/celery.py
RETARD = 4 * PERIODE  # beyond, something is stopped
FILES = ("courant", "envois", "entrees")  # queues of Celery, lists of Redis
OUBLI = 7 * 86_400  # seconds


def connect() -> "redis.Redis":
    """Return a client that gives up after a second."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


def name_key() -> str:
    """Return the key of the last beat."""
    return f"{settings.CACHES['default']['KEY_PREFIX']}:battement"


@shared_task(ignore_result=True)
def beat(**_: Any) -> None:
    """Note that beat asked and that a worker answered."""
    with connect() as client:
        client.set(name_key(), repr(time.time()), ex=OUBLI)


def read_pulse(client: "redis.Redis") -> tuple[float | None, dict[str, int]]:
    """Return the age of the last beat in seconds (None: never seen) and the length of each queue, in one exchange."""
    with client.pipeline(transaction=False) as pipe:
        pipe.get(name_key())
        for name in FILES:
            pipe.llen(name)
        seen, *lengths = pipe.execute()
    age = None if seen is None else max(0.0, time.time() - float(seen))
    return age, dict(zip(FILES, lengths, strict=True))
