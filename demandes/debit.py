"""How often one visitor may file: counters in Redis, by address. Redis away, nobody is refused."""

import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

FENETRE = 600  # seconds
DEPOTS_MAX = 30  # a household, a library, a street behind one address; not a machine


def is_over_quota(request: HttpRequest, *, nature: str, maximum: int = DEPOTS_MAX) -> bool:
    """Count this act of the visitor; True once the window is spent. The address is kept as a keyed hash, 20 minutes.

    The proxies to believe are those of the sign-in (ALLAUTH_TRUSTED_PROXY_COUNT).
    """
    address = str(get_adapter().get_client_ip(request))
    # a bare hash of so few addresses is guessed
    visitor = salted_hmac("demandes.debit", address, algorithm="sha256").hexdigest()[:24]
    key = f"debit:{nature}:{visitor}:{int(time.time()) // FENETRE}"
    cache.add(key, 0, timeout=2 * FENETRE)
    try:
        return cache.incr(key) > maximum
    except ValueError:  # evicted between the two: nobody is refused
        return False
