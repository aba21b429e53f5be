"""How many tries to find a demande: by visitor, and on one code whoever tries. Nothing is counted without Redis."""

import hashlib
import time

from django.core.cache import cache
from django.http import HttpRequest

from collectivites.cloison import get_active_id
from demandes.debit import FENETRE, is_over_quota

PAR_VISITEUR, PAR_CODE = 20, 10


def is_tried_too_much(request: HttpRequest, *, code: str) -> bool:
    """Count one try. True once the visitor, or the code, had too many in ten minutes."""
    digest = hashlib.sha256(f"{get_active_id()}:{code}".encode()).hexdigest()[:24]
    key = f"debit:code:{digest}:{int(time.time()) // FENETRE}"
    cache.add(key, 0, timeout=2 * FENETRE)
    over = cache.incr(key) > PAR_CODE
    return is_over_quota(request, nature="suivi", maximum=PAR_VISITEUR) or over
