"""Recomputing the open demandes of a town: after a change of hours, of closures, of settings, or of these rules."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import InterfaceError, OperationalError
from django.db.models import Exists, OuterRef

from collectivites.cloison import collectivite_active
from demandes.delais.recalcul import recompute
from demandes.models import Demande, Echeance

logger = logging.getLogger(__name__)
LOT = 100  # demandes read at a time; each is its own transaction


def recompute_town(*, collectivite_id: int, at: datetime, only_known: bool = False) -> int:
    """Recompute every open demande of the town, oldest first; return how many. One that fails holds up nobody.

    `only_known`: those that have a date still to keep.
    """
    done, after = 0, 0
    while batch := _list_open(collectivite_id, after, only_known=only_known):
        done += sum(_recompute_one(collectivite_id, pk, at) for pk in batch)
        after = batch[-1]
    return done


def _list_open(collectivite_id: int, after: int, *, only_known: bool) -> Sequence[int]:
    with collectivite_active(collectivite_id):
        waiting = Demande.objects.open().filter(pk__gt=after).order_by("pk")
        if only_known:
            waiting = waiting.filter(Exists(Echeance.objects.filter(demande=OuterRef("pk"), met_at=None)))
        return list(waiting.values_list("pk", flat=True)[:LOT])


def _recompute_one(collectivite_id: int, pk: int, at: datetime) -> bool:
    try:
        with collectivite_active(collectivite_id):
            locked = Demande.objects.open().select_for_update(no_key=True, of=("self",)).filter(pk=pk).first()
            if locked is None:
                return False
            recompute(locked, at=at)
            return True
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("recalcul_en_echec", extra={"demande": pk})
        return False
