"""Public identifiers: readable references, tracking codes, signed tokens for reply addresses."""

import hashlib
import hmac
import re
import secrets

from django.conf import settings

ALPHABET_SUIVI = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no I, O, 0, 1: read over the phone without doubt
_SIGNATURE_LENGTH = 12
_REFERENCE = re.compile(r"\[(?P<numero>[A-Z]{3}-\d{4}-\d{4,9})-(?P<signature>[0-9a-f]{12})\]", re.IGNORECASE)


def draw_code_suivi() -> str:
    """Return a random tracking code such as « QZ4K-8TTM » (32^8 ≈ 10^12 possibilities)."""
    letters = "".join(secrets.choice(ALPHABET_SUIVI) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def sign_reference(*, collectivite_id: int, numero: str) -> str:
    """Return the signed reference put in subjects and Message-ID: « [DEM-2026-0871-3f2a…] »."""
    return f"[{numero}-{_signature(collectivite_id, numero)}]"


def read_references(text: str, *, collectivite_id: int) -> list[str]:
    """Return the numbers of the signed references found in `text` whose signature is ours, in order."""
    found = [(m["numero"].upper(), m["signature"].lower()) for m in _REFERENCE.finditer(text)]
    return [numero for numero, signature in found if _same(signature, _signature(collectivite_id, numero))]


def _signature(collectivite_id: int, numero: str) -> str:
    """Keyed so that nobody can forge the way into another person's demande (freescout#2375 is what happens else)."""
    message = f"reference:{collectivite_id}:{numero}".encode()
    digest = hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256)
    return digest.hexdigest()[:_SIGNATURE_LENGTH]


def _same(a: str, b: str) -> bool:
    return hmac.compare_digest(a.encode(), b.encode())
