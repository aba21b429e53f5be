"""The link « gérer mon rendez-vous »: 192 bits, only its hash is kept, and yet a reminder can write it again.

token = HMAC-SHA256(key of the installation, salt of the row): the table alone gives no token, the key alone neither.
Changing `sel` revokes the link.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from django.conf import settings

from rendezvous.models import Participation

OCTETS = 24


def draw_sel() -> bytes:
    """Return a new salt for a participation."""
    return secrets.token_bytes(16)


def write_jeton(sel: bytes) -> str:
    """Return the token (32 URL-safe characters) of a salt."""
    key = hashlib.sha256(b"guichet.rendezvous.lien" + settings.SECRET_KEY.encode()).digest()
    digest = hmac.new(key, bytes(sel), hashlib.sha256).digest()[:OCTETS]
    return base64.urlsafe_b64encode(digest).decode()


def hash_jeton(jeton: str) -> str:
    """Return what the table keeps of a token."""
    return hashlib.sha256(jeton.encode()).hexdigest()


def find_participation(jeton: str, *, at: datetime) -> Participation | None:
    """Return the participation of a link still valid, with its appointment; None when unknown or expired."""
    rows = Participation.objects.select_related(
        "usager", "rendezvous__motif", "rendezvous__lieu", "rendezvous__service"
    )
    return rows.filter(jeton_hash=hash_jeton(jeton), jeton_expire_at__gt=at).first()
