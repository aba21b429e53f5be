"""How often one visitor may file: counters in Redis, by address. Redis away, nobody is refused."""

import time
from ipaddress import IPv6Address, ip_address, ip_network

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

FENETRE = 600  # seconds
DEPOTS_MAX = 30  # a household, a library, a street behind one address; not a machine


def find_visiteur(request: HttpRequest) -> str:
    """Return who asks, as a keyed hash of the network address: a bare hash of so few addresses is guessed.

    Of IPv6, the /64 that one line is given: each of its machines draws as many addresses as it likes (RFC 4291).
    """
    address = str(get_adapter().get_client_ip(request))
    try:
        read = ip_address(address)
    except ValueError:
        read = None
    if isinstance(read, IPv6Address):
        mapped = read.ipv4_mapped
        address = str(mapped or ip_network(f"{read}/64", strict=False))
    return salted_hmac("demandes.debit", address, algorithm="sha256").hexdigest()[:24]


def is_over_quota(request: HttpRequest, *, nature: str, maximum: int = DEPOTS_MAX) -> bool:
    """Count this act of the visitor; True once the window is spent. The address is kept as a keyed hash, 20 minutes.

    The proxies to believe are those of the sign-in (ALLAUTH_TRUSTED_PROXY_COUNT).
    """
    key = f"debit:{nature}:{find_visiteur(request)}:{int(time.time()) // FENETRE}"
    cache.add(key, 0, timeout=2 * FENETRE)
    try:
        return cache.incr(key) > maximum
    except ValueError:  # evicted between the two: nobody is refused
        return False
