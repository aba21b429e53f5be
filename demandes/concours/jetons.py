"""Secret links given to people without account: opaque tokens of 192 bits, of which only the SHA-256 is stored.

A link that we may have to repeat (a reminder of the same question) is derived from the row's key and the secret of the
installation: it can be written again, and the database alone opens nothing. The others are drawn.
"""

import base64
import hashlib
import hmac
import secrets
from uuid import UUID

from django.conf import settings

from collectivites.cloison import get_active_id

OCTETS = 24


def draw() -> str:
    """Return a random token."""
    return secrets.token_urlsafe(OCTETS)


def derive(nature: str, clef: UUID) -> str:
    """Return the token of one row, always the same; `nature` keeps two kinds of rows apart."""
    message = f"jeton:{nature}:{get_active_id()}:{clef}".encode()
    digest = hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).digest()[:OCTETS]
    return base64.urlsafe_b64encode(digest).decode()


def fingerprint(jeton: str) -> str:
    """Return what the table keeps of a token."""
    return hashlib.sha256(jeton.encode("utf-8", "surrogatepass")).hexdigest()
