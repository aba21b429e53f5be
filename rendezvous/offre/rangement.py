"""Fewer places than before: an appointment on a place that no longer exists takes a lower one that is free.

Places are anonymous: nobody sees the change. Without it, search would offer the low place left empty and the resource
would receive more than it may. What finds no place keeps its own, and is listed among the orphans.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from rendezvous.models import Occupation
from rendezvous.offre.orphelins import Prise, list_held


class Temps(NamedTuple):
    """Time taken from one place, buffer included; a session takes every place."""

    pk: int
    place: int
    debut_at: datetime
    fin_at: datetime
    is_seance: bool


def reseat(ressources: Collection[int], *, at: datetime) -> int:
    """Give lower places to the appointments to come that lost theirs; return how many moved (one query if none).

    Called under the lock of the resources, once their occurrences are written. Soonest first.
    """
    high = _read_high(ressources, at)
    held = list_held(list(high.values()))
    lost = {pk: row for pk, row in high.items() if row not in held}
    lower = list_held([row._replace(place=place) for row in lost.values() for place in range(1, row.place)])
    if not lower:
        return 0
    taken = _read_taken(ressources, since=min(row.debut_at for row in lost.values()))
    return sum(_move(pk, row, lower, taken[row.ressource_id]) for pk, row in lost.items())


def _move(pk: int, row: Prise, lower: set[Prise], taken: dict[int, Temps]) -> bool:
    """Take the lowest place that exists and is free for this whole time, if there is one."""
    mine = taken[pk]
    busy = _list_busy(mine, taken.values())
    free = [place for place in range(1, row.place) if place not in busy and row._replace(place=place) in lower]
    if not free:
        return False
    taken[pk] = mine._replace(place=free[0])
    Occupation.objects.filter(pk=pk).update(place=free[0])
    return True


def _read_high(ressources: Collection[int], at: datetime) -> dict[int, Prise]:
    """Occupations beyond the first place, by id, soonest first."""
    rows = Occupation.objects.filter(
        ressource_id__in=ressources, is_actif=True, is_surbooking=False, seance=None, place__gt=1, debut_at__gte=at
    ).order_by("debut_at", "place", "pk")  # fmt: skip
    columns = (
        "pk", "rendezvous_id", "ressource_id", "rendezvous__lieu_id", "rendezvous__motif_id", "rendezvous__jour",
        "rendezvous__debut_at", "rendezvous__fin_at", "place",
    )  # fmt: skip
    return {pk: Prise(*values) for pk, *values in rows.values_list(*columns)}


def _read_taken(ressources: Collection[int], *, since: datetime) -> dict[int, dict[int, Temps]]:
    rows = Occupation.objects.filter(ressource_id__in=ressources, is_actif=True, fin_at__gt=since)
    taken: dict[int, dict[int, Temps]] = defaultdict(dict)
    for ressource, pk, place, start, end, seance in rows.values_list(
        "ressource_id", "pk", "place", "debut_at", "fin_at", "seance_id"
    ):
        taken[ressource][pk] = Temps(pk, place, start, end, seance is not None)
    return taken


def _list_busy(mine: Temps, others: Iterable[Temps]) -> set[int]:
    near = [
        each for each in others if each.pk != mine.pk and each.debut_at < mine.fin_at and each.fin_at > mine.debut_at
    ]  # fmt: skip
    if any(each.is_seance for each in near):
        return set(range(1, mine.place))
    return {each.place for each in near}
