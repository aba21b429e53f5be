"""What events mean for those who wait: their own ends the wait, a place that came free is offered after the commit."""

from functools import partial

from django.db import transaction

from collectivites.cloison import get_active_id
from rendezvous.attente.actions import end_plus_tot
from rendezvous.evenements import Evenement, Genre
from rendezvous.models import DemandePlusTot, InscriptionAttente
from socle.ouvriers import ask_worker

TACHE = "rendezvous.tasks.offer_plus_tot"
LIBERENT = frozenset({Genre.ANNULE, Genre.DEPLACE, Genre.LIBERE})
TERMINENT = frozenset({Genre.ANNULE, Genre.DEPLACE, Genre.PRESENT, Genre.COMMENCE, Genre.HONORE, Genre.ABSENT})


def follow(evenement: Evenement) -> None:
    """End the demand of this appointment; ask for a sweep of the town when somebody waits (two queries at most).

    A nudge lost is made up for by the sweep of every ten minutes.
    """
    if evenement.genre in TERMINENT:
        end_plus_tot(rendezvous_id=evenement.rendezvous.pk, at=evenement.at)
    if evenement.genre in LIBERENT and is_anybody_waiting():
        transaction.on_commit(partial(ask_worker, TACHE, get_active_id()), robust=True)


def is_anybody_waiting() -> bool:
    """True when a place that comes free may be told to somebody (one query)."""
    sooner = DemandePlusTot.objects.filter(ended_at__isnull=True).values("pk")
    any_slot = InscriptionAttente.objects.filter(ended_at__isnull=True, prouve_at__isnull=False).values("pk")
    return sooner.union(any_slot, all=True).exists()
