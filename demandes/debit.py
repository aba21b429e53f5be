"""How often one visitor may file: counters in Redis, by address. Redis away, nobody is refused."""

import hashlib
import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

FENETRE = 600  # seconds
DEPOTS_MAX = 30  # a household, a library, a street behind one address; not a machine


def is_over_quota(request: HttpRequest, *, nature: str, maximum: int = DEPOTS_MAX) -> bool:
    """Count this act of the visitor; True once the window is spent. The address is kept only as a hash, ten minutes.

    The proxies to believe are those of the sign-in (ALLAUTH_TRUSTED_PROXY_COUNT).
    """
    visitor = hashlib.sha256(str(get_adapter().get_client_ip(request)).encode()).hexdigest()[:24]
    key = f"debit:{nature}:{visitor}:{int(time.time()) // FENETRE}"
    cache.add(key, 0, timeout=2 * FENETRE)
    return cache.incr(key) > maximum
