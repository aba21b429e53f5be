"""The tasks of the ledger. Losing one, or running it twice, is harmless: the row decides."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from messagerie.envoi import send_one, sweep
from messagerie.webhooks import tasks as webhooks  # noqa: F401 Celery finds them from here

DUREE_BALAYAGE = 4.0  # seconds; beat asks every five, so that one slot stays free for what is urgent


@shared_task(ignore_result=True)
def send_envoi(collectivite_id: int, envoi_id: int, **_: Any) -> None:
    """Send one message, if it is due and nobody has it."""
    send_one(collectivite_id, envoi_id, clock=timezone.now)


@shared_task(ignore_result=True)
def sweep_envois() -> int:
    """Send what is due and what a dead worker left."""
    return sweep(clock=timezone.now, seconds=DUREE_BALAYAGE)
