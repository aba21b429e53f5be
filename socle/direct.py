"""Live screens: « something moved on this subject ». The screen then re-reads its state over HTTP.

An event carries a version and nothing personal. Losing one is harmless: screens also poll every 30 s. Channels carry
the tenant, and a screen needs a signed token for its channel, minted by the page after its permission checks.
"""

import json
import logging
import time

import redis
from django.conf import settings
from django.core import signing
from django.db import transaction

SALT = "guichet.flux"
PREFIX = "flux:"
AGE_MAX = 12 * 3600  # seconds: a working day; the page mints another at each load

logger = logging.getLogger(__name__)
_client: redis.Redis | None = None


def name_channel(*, collectivite_id: int, sujet: str) -> str:
    """Return the channel of a subject in one town: « flux:12:demandes »."""
    return f"{PREFIX}{int(collectivite_id)}:{sujet}"


def mint_token(*, collectivite_id: int, sujet: str) -> str:
    """Return the signed token that lets a screen listen to this subject, for half a day."""
    return signing.dumps(name_channel(collectivite_id=collectivite_id, sujet=sujet), salt=SALT)


def publish_on_commit(*, collectivite_id: int, sujet: str) -> None:
    """Nudge the screens of a subject once the transaction is committed; a missing Redis stops nothing."""
    channel = name_channel(collectivite_id=collectivite_id, sujet=sujet)
    transaction.on_commit(lambda: _publish(channel), robust=True)


def _publish(channel: str) -> None:
    global _client  # noqa: PLW0603 one connection pool a process
    if _client is None:
        _client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    try:
        _client.publish(channel, json.dumps({"version": time.time_ns()}))
    except redis.RedisError:
        logger.warning("flux injoignable")
