"""Receipts of delivery: proven by a signature, kept raw first, applied once, never backwards."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from collectivites.cloison import collectivite_active
from messagerie.actions import settle_envoi
from messagerie.models import Accuse, Envoi

ENTETE = "X-Guichet-Signature"
ETATS = {"remis": Envoi.Etat.REMIS, "echec": Envoi.Etat.REJETE}


class AccuseIllisible(ValueError):
    """What was posted is not a receipt."""


@dataclass(frozen=True)
class Recu:
    """A receipt read: `reference` is our uuid, `etat` the provider's word."""

    fournisseur: str
    reference: UUID
    etat: str
    raison: str
    brut: dict[str, Any]


def sign(body: bytes) -> str:
    """Return the signature the gateway of this installation puts in `X-Guichet-Signature` (hexadecimal)."""
    key = hmac.new(settings.SECRET_KEY.encode(), b"guichet:accuse-sms", hashlib.sha256).digest()
    return hmac.new(key, body, hashlib.sha256).hexdigest()


def is_signed(body: bytes, signature: str) -> bool:
    """True when the body comes from our gateway, whole."""
    return hmac.compare_digest(sign(body).encode(), signature.encode())


def read_receipt(fournisseur: str, brut: Any) -> Recu:
    """Read `{"reference", "etat", "raison"}`. Raises AccuseIllisible."""
    if not isinstance(brut, dict):
        raise AccuseIllisible("Il faut un objet JSON.")
    try:
        reference = UUID(str(brut["reference"]))
        etat = str(brut["etat"])[:20]
    except (KeyError, ValueError):
        raise AccuseIllisible("Il faut reference et etat.") from None
    return Recu(fournisseur, reference, etat, str(brut.get("raison") or "")[:300], brut)


def store_receipt(recu: Recu, *, at: datetime) -> bool:
    """Keep the receipt, then apply it, in one transaction; False when the reference is not one of ours."""
    found = find_envoi(recu.reference)
    if found is None:
        return False
    collectivite_id, envoi_id = found
    with collectivite_active(collectivite_id):
        envoi = Envoi.objects.get(pk=envoi_id)
        Accuse.objects.get_or_create(
            fournisseur=recu.fournisseur,
            externe_id=str(recu.reference),
            etat=recu.etat,
            defaults={"envoi": envoi, "raison": recu.raison, "brut": recu.brut, "received_at": at},
        )
        if recu.etat in ETATS:
            settle_envoi(envoi=envoi, etat=ETATS[recu.etat], at=at, raison=recu.raison)
    return True


def find_envoi(reference: UUID) -> tuple[int, int] | None:
    """Return (collectivite_id, id) of the message that carries this key, whatever the town."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT collectivite_id, id FROM messagerie_collectivite_de_l_envoi(%s)", [reference])
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None
