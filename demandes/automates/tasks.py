"""Background work of rules and bulk actions. Losing a task, or running it twice, is harmless: the rows decide."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from collectivites.balayage import list_pairs, list_towns
from demandes.automates import evenements, groupee, temps

TOUTES = 5_000  # rules or actions looked at by one sweep


@shared_task(ignore_result=True)
def sweep_regles_de_temps() -> None:
    """Ask for each rule that waits for time to pass, in its own task."""
    for collectivite_id, regle_id in list_pairs("demandes_regles_de_temps(%s, %s)", [timezone.now(), TOUTES]):
        run_regle_de_temps.apply_async((collectivite_id, regle_id), expires=50)


@shared_task(ignore_result=True)
def run_regle_de_temps(collectivite_id: int, regle_id: int, **_: Any) -> None:
    """Run one time rule on what fell due."""
    temps.run_regle(collectivite_id=collectivite_id, regle_id=regle_id, at=timezone.now())


@shared_task(ignore_result=True)
def sweep_evenements() -> None:
    """Ask each town that has event rules to read its journal."""
    for collectivite_id in list_towns("demandes_regles_d_evenement(%s, %s)", [timezone.now(), TOUTES]):
        run_evenements.apply_async((collectivite_id,), expires=14)


@shared_task(ignore_result=True)
def run_evenements(collectivite_id: int, **_: Any) -> None:
    """Answer what happened in one town."""
    evenements.run_evenements(collectivite_id=collectivite_id, at=timezone.now())


@shared_task(ignore_result=True)
def run_groupee(collectivite_id: int, action_id: int, **_: Any) -> None:
    """Do one bulk action, or go on with it."""
    groupee.run(collectivite_id=collectivite_id, action_id=action_id, clock=timezone.now)


@shared_task(ignore_result=True)
def sweep_groupees() -> None:
    """Take up again the bulk actions whose worker died, or whose task was lost."""
    for collectivite_id, action_id in list_pairs("demandes_groupees_en_cours(%s, %s)", [timezone.now(), TOUTES]):
        run_groupee.apply_async((collectivite_id, action_id), expires=30)
