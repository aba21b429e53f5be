"""What the SMS of appointments cost, for statistics."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Sum

from collectivites.reglages import get_reglage
from messagerie.models import Envoi
from messagerie.textes import SMS
from rendezvous.messages.envois import OBJET

PARTS = Decimal(10_000)  # of a euro, in the setting
PARTIS = (Envoi.Etat.ENVOYE, Envoi.Etat.REMIS, Envoi.Etat.REJETE)  # a rejected one was billed all the same


@dataclass(frozen=True)
class Cout:
    """SMS that left, their parts of 160 signs, and what they cost in euros."""

    messages: int
    segments: int
    euros: Decimal


def cost_of(debut_at: datetime, fin_at: datetime) -> Cout:
    """Return the cost of what left in [debut_at, fin_at[ about appointments, at the town's price (two queries)."""
    sent = Envoi.objects.filter(
        objet_type=OBJET, canal=SMS, etat__in=PARTIS, sent_at__gte=debut_at, sent_at__lt=fin_at
    )
    row = sent.aggregate(messages=Count("pk"), segments=Sum("segments"))
    segments = row["segments"] or 0
    return Cout(row["messages"], segments, segments * get_reglage("rendezvous.cout_sms") / PARTS)
