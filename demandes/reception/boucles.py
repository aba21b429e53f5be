"""Rules that keep two machines from answering each other for ever (reference: RFC 3834, and each peer's own loop)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q

from demandes.models import Entree
from socle.courriel import Courriel

DELAI_ACCUSES = timedelta(hours=1)  # at most one automatic answer per correspondent meanwhile
MESSAGES_PAR_HEURE = 60  # beyond, a human looks before anything is done


def is_our_own_id(courriel: Courriel) -> bool:
    """True when one of our installations wrote this message: its Message-ID is of our domain."""
    return courriel.message_id.rpartition("@")[2].lower() == settings.DOMAINE_COURRIEL.lower()


def is_our_own_address(adresse: str) -> bool:
    """True for a mailbox of any collectivité of this installation."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM demandes_trouver_boite(%s)", [adresse])
        return cursor.fetchone() is not None


def count_recent(adresse: str, *, entree: Entree, at: datetime) -> tuple[int, int]:
    """Return how many messages this address sent us in the last hour, and how many of them opened a demande."""
    recent = Entree.objects.filter(expediteur=adresse, received_at__gt=at - DELAI_ACCUSES).exclude(pk=entree.pk)
    counts = recent.aggregate(tous=Count("pk"), nouvelles=Count("pk", filter=Q(issue=Entree.Issue.NOUVELLE)))
    return counts["tous"], counts["nouvelles"]
