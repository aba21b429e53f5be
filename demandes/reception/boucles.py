"""Rules that keep two machines from answering each other for ever (reference: RFC 3834, and each peer's own loop)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from demandes.models import Entree
from socle.courriel import Courriel

DELAI_ACCUSES = timedelta(hours=1)  # at most one automatic answer per correspondent meanwhile
_PASSE = """
SELECT count(*), count(*) FILTER (WHERE issue = 'nouvelle'), EXISTS (SELECT FROM demandes_trouver_boite(%s))
  FROM demandes_entree WHERE expediteur = %s AND expediteur <> '' AND received_at > %s AND id <> %s
"""
MESSAGES_PAR_HEURE = 60  # beyond, a human looks before anything is done


def is_our_own_id(courriel: Courriel) -> bool:
    """True when one of our installations wrote this message: its Message-ID is of our domain."""
    return courriel.message_id.rpartition("@")[2].lower() == settings.DOMAINE_COURRIEL.lower()


@dataclass(frozen=True)
class Correspondant:
    """What we know of an address before reading what it wrote."""

    recents: int  # messages of the last hour
    accuses: int  # demandes it opened meanwhile
    is_ours: bool  # a mailbox of any collectivité of this installation


def know_sender(adresse: str, *, entree: Entree, at: datetime) -> Correspondant:
    """Return the recent past of an address, in one query: called for each message."""
    with connection.cursor() as cursor:
        cursor.execute(_PASSE, [adresse, adresse, at - DELAI_ACCUSES, entree.pk])
        row = cursor.fetchone()
    return Correspondant(recents=row[0], accuses=row[1], is_ours=row[2])
