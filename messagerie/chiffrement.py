"""Credentials of providers, encrypted in the database: a stolen dump does not let anybody send.

Fernet (AES-128-CBC, HMAC-SHA256). `CLEF_CHIFFREMENT` holds one or several keys separated by commas, newest first, so
that a key is changed without losing what the old one wrote; without it the key comes from SECRET_KEY.
"""

import base64
import hashlib
import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class IllisiblesIdentifiants(Exception):
    """The credentials were written with a key this installation no longer has: they must be typed again."""

    def __init__(self) -> None:
        super().__init__("Les identifiants ont été chiffrés avec une autre clef\u00a0: saisissez-les de nouveau.")


def encrypt(identifiants: dict[str, str]) -> bytes:
    """Return what the database keeps."""
    return _box().encrypt(json.dumps(identifiants, ensure_ascii=False).encode())


def decrypt(chiffres: bytes | memoryview) -> dict[str, str]:
    """Return the credentials; an empty value gives none. Raises IllisiblesIdentifiants."""
    if not bytes(chiffres):
        return {}
    try:
        clear = _box().decrypt(bytes(chiffres))
    except InvalidToken:
        raise IllisiblesIdentifiants from None
    return dict(json.loads(clear))


def _box() -> MultiFernet:
    keys = [key.strip() for key in settings.CLEF_CHIFFREMENT.split(",") if key.strip()]
    return MultiFernet([Fernet(derive_key(key)) for key in keys or [f"chiffrement:{settings.SECRET_KEY}"]])


def derive_key(secret: str) -> bytes:
    """Turn any secret text into a Fernet key: operators may give a passphrase as well as a generated key."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"guichet:{secret}".encode()).digest())
