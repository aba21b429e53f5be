"""Background work of appointments."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite
from rendezvous.creneaux import releves
from rendezvous.offre.projection import extend_town


@shared_task
def extend_offres(**_: Any) -> None:
    """Ask every town to bring its opening ranges up to the horizon, one day farther each night."""
    for pk in Collectivite.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True):
        extend_offre_ville.apply_async((pk,), expires=6 * 3600)


@shared_task
def extend_offre_ville(collectivite_id: int, **_: Any) -> None:
    """Compare the occurrences of one town with their rules, and write the difference. Twice changes nothing."""
    with collectivite_active(collectivite_id):
        extend_town(at=timezone.now())


@shared_task
def take_releves(**_: Any) -> None:
    """Ask every town what it offers the public today."""
    for pk in Collectivite.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True):
        take_releve_ville.apply_async((pk,), expires=6 * 3600)


@shared_task
def take_releve_ville(collectivite_id: int, **_: Any) -> None:
    """Note the wait and the free slots of each motif of one town. Twice a day, the second one stays."""
    with collectivite_active(collectivite_id):
        releves.take_releves(at=timezone.now())
