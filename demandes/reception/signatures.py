"""The signature of a program that posts: HMAC-SHA256 of « seconds.body », refused outside five minutes.

Header `X-Guichet-Signature: v1=<hexadecimal>`, header `X-Guichet-Horodatage: <Unix seconds>`. The instant is signed
with the body, so that a message caught on its way can't be played again later; within the window, the external id
makes the second one harmless. Contract for partners: docs/connecteurs.md.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

ENTETE = "X-Guichet-Signature"
HORODATAGE = "X-Guichet-Horodatage"
FENETRE = timedelta(minutes=5)


class SignatureRefusee(Exception):
    """The message is not proved to come from whom we know. `code` is stable, the message a French sentence."""

    def __init__(self, code: str, phrase: str) -> None:
        self.code = code
        super().__init__(phrase)


def sign(secret: str, body: bytes, *, seconds: int) -> str:
    """Return the value of the signature header."""
    signed = hmac.new(secret.encode(), str(seconds).encode() + b"." + body, hashlib.sha256)
    return f"v1={signed.hexdigest()}"


def verify_signature(secret: str, body: bytes, *, signature: str, horodatage: str, at: datetime) -> None:
    """Raise SignatureRefusee unless `body` was signed with `secret` less than five minutes away from `at`."""
    if not (horodatage.isascii() and horodatage.isdigit() and len(horodatage) < 13):
        raise SignatureRefusee("horodatage-absent", f"L'en-tête {HORODATAGE} donne les secondes Unix de l'envoi.")
    if not secret:  # lost with its key: anybody could sign with nothing
        raise SignatureRefusee("secret-perdu", "Le secret de ce connecteur est illisible\u00a0: renouvelez ses clefs.")
    if not hmac.compare_digest(sign(secret, body, seconds=int(horodatage)).encode(), signature.strip().encode()):
        raise SignatureRefusee("signature-fausse", "La signature ne correspond pas au message reçu.")
    if abs(at.timestamp() - int(horodatage)) > FENETRE.total_seconds():
        raise SignatureRefusee("horodatage-perime", "Le message a été signé il y a plus de cinq minutes.")
