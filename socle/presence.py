"""Who has this screen open, right now: a hash in Redis that forgets by itself. Losing it is harmless."""

import logging
import time

import redis
from django.conf import settings

PREFIX = "presence:"
OUBLI = 45  # seconds without a sign: the screen was closed

logger = logging.getLogger(__name__)
_client: redis.Redis | None = None


def tell_presence(*, collectivite_id: int, sujet: str, qui: int, fait: str) -> dict[int, str]:
    """Say that `qui` is on this subject, doing `fait` (« lit », « ecrit »); return the others: {id: what they do}.

    An empty `fait` says that the screen is left. Without Redis nobody is seen, and nothing stops.
    """
    key = f"{PREFIX}{int(collectivite_id)}:{sujet}"
    try:
        return _exchange(key, qui, fait, time.time())
    except redis.RedisError:
        logger.warning("presence injoignable")
        return {}


def _exchange(key: str, qui: int, fait: str, now: float) -> dict[int, str]:
    with _connect().pipeline(transaction=False) as pipe:
        if fait:
            pipe.hset(key, str(qui), f"{fait}|{now:.0f}")
        else:
            pipe.hdel(key, str(qui))
        pipe.expire(key, OUBLI * 2)
        pipe.hgetall(key)
        rows = pipe.execute()[-1]
    seen = {int(who): value.decode().split("|") for who, value in rows.items()}
    return {who: what for who, (what, since) in seen.items() if who != qui and now - float(since) < OUBLI}


def _connect() -> redis.Redis:
    global _client  # noqa: PLW0603 one connection pool a process
    if _client is None:
        _client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    return _client
