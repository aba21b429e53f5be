"""Background work of the ground: keeping the private store clean."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from socle.depot import sweep_brouillons as sweep


@shared_task
def sweep_brouillons(**_: Any) -> None:
    """Remove the files that a process that died left half-written in the store."""
    sweep(at=timezone.now())
