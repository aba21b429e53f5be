"""Abusive messages: what the law lets us leave without acknowledgement, and nothing more.

CRPA L112-3 1° and L112-11: no acknowledgement is owed for abusive messages, « notamment par leur nombre, leur
caractère répétitif ou systématique »; a sender may be blocked. The message itself always becomes a demande.
"""

from datetime import date

from demandes.contacts import normalise_adresse
from demandes.models import Blocage, Demande


def write_adresse(texte: str) -> str:
    """Return the one spelling of an address or a number: « 06 39 98 12 34 » → « +33639981234 »."""
    return normalise_adresse("courriel" if "@" in texte else "sms", texte)


def is_blocked(adresse: str, on: date) -> bool:
    """True when a live block stands against this address on that day (one query, none without address)."""
    if not adresse:
        return False
    return Blocage.objects.filter(adresse=write_adresse(adresse), lifted_at=None, expire_on__gte=on).exists()


def may_acknowledge(demande: Demande, adresse: str, on: date) -> bool:
    """False when no acknowledgement is owed: the demande is flagged as abusive, or its sender is blocked."""
    return not demande.is_abusive and not is_blocked(adresse, on)
