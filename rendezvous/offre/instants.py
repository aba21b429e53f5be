"""Local days and wall-clock minutes made into stretches of real time, in the zone of the lieu."""

from collections.abc import Sequence
from datetime import date, datetime

from rendezvous.heures import to_instant
from rendezvous.models import Indisponibilite
from rendezvous.offre.recurrence import list_days

Troncon = tuple[datetime, datetime]  # [start, end[, UTC


def expand_blocs(jour: date, blocs: Sequence[Sequence[int]], fuseau: str) -> list[Troncon]:
    """Return the stretches of the blocks of a local day, in order, disjoint, none empty.

    On a day of change of time a block lasts what really elapses: 1:00–4:00 lasts two hours in spring, four in autumn.
    A time that does not exist is shifted forward; what then overlaps is cut, what then is empty disappears.
    """
    found: list[Troncon] = []
    for start, end in blocs:
        low, high = to_instant(jour, start, fuseau), to_instant(jour, end, fuseau)
        if found:
            low = max(low, found[-1][1])
        if low < high:
            found.append((low, high))
    return found


def expand_indisponibilite(indisponibilite: Indisponibilite, fuseau: str, *, du: date, au: date) -> list[Troncon]:
    """Return the stretches of an unavailability: one whole stretch, or one on each day of its rule in the window."""
    rule = indisponibilite
    if not rule.regle:
        last = rule.fin_on or rule.debut_on
        whole = to_instant(rule.debut_on, rule.debut_minute, fuseau), to_instant(last, rule.fin_minute, fuseau)
        return [whole] if whole[0] < whole[1] else []
    days = list_days(
        rule.regle, premier_on=rule.debut_on, jusqu_on=rule.fin_on, exceptions=rule.exceptions, du=du, au=au
    )
    hours = [(rule.debut_minute, rule.fin_minute)]
    return [stretch for day in days for stretch in expand_blocs(day, hours, fuseau)]
