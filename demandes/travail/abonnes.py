"""Who follows a demande without having it, and what they are told."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from collectivites.acteur import Acteur
from collectivites.models import Agent
from demandes.models import Abonnement, Demande, Notification
from demandes.travail.lecteurs import keep_readers
from demandes.travail.notifications import notify_many


def follow(*, demande: Demande, agent: Agent, at: datetime) -> None:
    """Be told of what happens to this demande. Again changes nothing. Not a change of the demande: version stays."""
    Abonnement.objects.bulk_create([Abonnement(demande=demande, agent=agent, at=at)], ignore_conflicts=True)


def unfollow(*, demande: Demande, agent: Agent) -> None:
    """Stop being told."""
    Abonnement.objects.filter(demande=demande, agent=agent).delete()


def list_followers(demande: Demande) -> "QuerySet[Abonnement]":
    """Return who follows, in the order they came (one query)."""
    return Abonnement.objects.select_related("agent").filter(demande=demande).order_by("at", "pk")


def tell_followers(
    demande: Demande, texte: str, *, clef: str, by: Acteur, at: datetime, sauf: Iterable[int] = ()
) -> None:
    """Tell those who follow and may still read it, except who did it and `sauf` (one to three queries)."""
    agents = set(Abonnement.objects.filter(demande=demande).values_list("agent_id", flat=True))
    told = keep_readers(demande, agents - {by.agent_id, *sauf})
    if told:
        notify_many(told, Notification.Genre.SUIVI, texte, demande, clef=clef, at=at)
