"""The tasks of exchanges. Losing one, or running it twice, is harmless: the row decides."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from rendezvous.echanges import releve
from socle.ouvriers import ask_worker

LOT = 200


@shared_task(ignore_result=True)
def fetch_agenda(collectivite_id: int, agenda_id: int, **_: Any) -> None:
    """Read one calendar kept elsewhere, if it is due."""
    releve.fetch_agenda(collectivite_id, agenda_id, clock=timezone.now)


@shared_task(ignore_result=True)
def sweep_agendas() -> int:
    """Ask for a reading of each calendar due, one task each: a slow server holds up only its own."""
    due = releve.find_due(at=timezone.now(), limit=LOT)
    for collectivite_id, agenda_id in due:
        ask_worker("rendezvous.echanges.tasks.fetch_agenda", collectivite_id, agenda_id)
    return len(due)
