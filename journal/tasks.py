"""Periodic work of the journal."""

from celery import shared_task
from django.utils import timezone

from journal.partitions import create_partitions


@shared_task(name="journal.tasks.prepare_partitions", ignore_result=True)
def prepare_partitions() -> list[str]:
    """Make the partitions of the readings for this month and the next three. Safe to run again."""
    return create_partitions(timezone.localdate())
