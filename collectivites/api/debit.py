"""How many requests a key may make: a counter a minute in Redis. Redis away, nobody is refused."""

import math
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from collectivites.clefs import AccesClef

FENETRE = 60  # seconds


class DebitParClef(BaseThrottle):
    """`API_DEBIT_MINUTE` requests a minute and a key; the next window opens on the minute."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count this request; False once the minute is spent."""
        acces: AccesClef = request.auth  # type: ignore[assignment]
        window = int(time.time()) // FENETRE
        key = f"api:debit:{acces.clef.pk}:{window}"
        return _count(key) <= settings.API_DEBIT_MINUTE

    def wait(self) -> float:
        """Return the seconds until the next window: the Retry-After header."""
        return FENETRE - math.floor(time.time()) % FENETRE


def _count(key: str) -> int:
    """Add one; the first of the minute opens the counter."""
    try:
        return cache.incr(key)
    except ValueError:
        cache.add(key, 0, timeout=2 * FENETRE)
        return cache.incr(key)
