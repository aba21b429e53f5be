"""Standard Webhooks (www.standardwebhooks.com, v1): how the receiver knows that a message comes from us, and is fresh.

webhook-id: the same at each try; webhook-timestamp: Unix seconds of this try; webhook-signature: « v1, » and the
base64 HMAC-SHA256 of « id.timestamp.body ». While a secret is being replaced both sign, separated by a space.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

PREFIXE = "whsec_"
RECOUVREMENT = timedelta(hours=24)  # the former secret still signs that long


def draw_secret() -> str:
    """Return a new secret: 256 random bits."""
    return PREFIXE + base64.b64encode(secrets.token_bytes(32)).decode()


def sign(secret: str, *, ident: str, secondes: int, corps: bytes) -> str:
    """Return one signature of the body."""
    key = base64.b64decode(secret.removeprefix(PREFIXE))
    digest = hmac.new(key, f"{ident}.{secondes}.".encode() + corps, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def list_secrets(kept: dict[str, str], *, at: datetime) -> list[str]:
    """Return the secrets that sign at this instant, newest first. `kept` is what `renew` wrote."""
    former = kept.get("ancien", "")
    is_fresh = bool(former) and datetime.fromisoformat(kept["ancien_jusqu_a"]) > at
    return [kept["secret"], *([former] if is_fresh else [])]


def renew(kept: dict[str, str], *, at: datetime) -> dict[str, str]:
    """Return what to keep once the secret is replaced."""
    until = (at + RECOUVREMENT).isoformat()
    return {"secret": draw_secret(), "ancien": kept.get("secret", ""), "ancien_jusqu_a": until}


def write_entetes(secrets_: list[str], *, ident: str, corps: bytes, at: datetime) -> dict[str, str]:
    """Return the headers of one try."""
    secondes = int(at.timestamp())
    return {
        "Content-Type": "application/json; charset=utf-8",
        "webhook-id": ident,
        "webhook-timestamp": str(secondes),
        "webhook-signature": " ".join(sign(each, ident=ident, secondes=secondes, corps=corps) for each in secrets_),
    }
