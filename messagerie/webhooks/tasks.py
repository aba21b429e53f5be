"""The tasks of webhooks, in the common lane: a slow receiver never holds a code or a reminder up."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from messagerie.webhooks.envoi import purge, send_one, sweep

DUREE_BALAYAGE = 12.0  # seconds; beat asks every fifteen


@shared_task(ignore_result=True)
def send_livraison(collectivite_id: int, livraison_id: int, **_: Any) -> None:
    """Tell one event, if it is due and nobody has it."""
    send_one(collectivite_id, livraison_id, clock=timezone.now)


@shared_task(ignore_result=True)
def sweep_livraisons() -> int:
    """Tell what is due and what a dead worker left."""
    return sweep(clock=timezone.now, seconds=DUREE_BALAYAGE)


@shared_task(ignore_result=True)
def purge_livraisons() -> int:
    """Erase deliveries settled thirty days ago."""
    return purge(at=timezone.now())
