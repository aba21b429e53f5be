"""The local days of a repetition.

Weeks begin on Monday; a period is always whole, counted from the one that holds the first day. The walk starts at the
first period of the window that is in step: its cost grows with the window, never with the age of the rule, and a rule
that falls on no day costs no more than another (python-dateutil walks it to the year 9999: it is our oracle in tests,
see docs/adr/0019).
"""

from calendar import monthrange
from collections.abc import Collection, Iterator
from datetime import date

from rendezvous.offre.paroles import describe_regle
from rendezvous.offre.refus import RegleRefusee
from rendezvous.offre.regles import Regle, check_regle, read_regle

__all__ = ["RegleRefusee", "check_regle", "describe_regle", "find_next_day", "list_days"]


def list_days(
    regle: str, *, premier_on: date, jusqu_on: date | None, exceptions: Collection[date], du: date, au: date
) -> list[date]:
    """Return the local days of a rule between `du` and `au`, both included, in order, without its exceptions.

    `premier_on` counts only when the rule falls on it; without rule it is the one day. Raises RegleRefusee.
    """
    low, high = max(du, premier_on), min(au, jusqu_on or au)
    if low > high:
        return []
    days = _walk(read_regle(regle), premier_on, low, high) if regle else iter((premier_on,))
    skipped = frozenset(exceptions)
    return [day for day in days if low <= day <= high and day not in skipped]


def _walk(regle: Regle, premier: date, low: date, high: date) -> Iterator[date]:
    if regle.freq == "DAILY":
        return _walk_days(regle, premier, low, high)
    return (
        _walk_weeks(regle, premier, low, high) if regle.freq == "WEEKLY" else _walk_months(regle, premier, low, high)
    )


def _walk_days(regle: Regle, premier: date, low: date, high: date) -> Iterator[date]:
    late = -(low.toordinal() - premier.toordinal()) % regle.intervalle
    for ordinal in range(low.toordinal() + late, high.toordinal() + 1, regle.intervalle):
        day = date.fromordinal(ordinal)
        if _has_jour(regle, day) and _has_quantieme(regle, day):
            yield day


def _walk_weeks(regle: Regle, premier: date, low: date, high: date) -> Iterator[date]:
    weekdays = sorted(weekday for _, weekday in regle.jours) or [premier.weekday()]
    first = premier.toordinal() - premier.weekday()
    weeks = (low.toordinal() - low.weekday() - first) // 7
    start, step = first + 7 * (weeks + -weeks % regle.intervalle), 7 * regle.intervalle
    for monday in range(start, high.toordinal() + 1, step):
        for weekday in weekdays:
            if monday + weekday <= high.toordinal():
                yield date.fromordinal(monday + weekday)


def _walk_months(regle: Regle, premier: date, low: date, high: date) -> Iterator[date]:
    first = premier.year * 12 + premier.month - 1
    start = low.year * 12 + low.month - 1
    for month in range(start + -(start - first) % regle.intervalle, high.year * 12 + high.month, regle.intervalle):
        year, rank = divmod(month, 12)
        yield from _pick_in_month(regle, premier, year, rank + 1)


def _pick_in_month(regle: Regle, premier: date, year: int, month: int) -> list[date]:
    length = monthrange(year, month)[1]
    wanted = [number for number in range(1, length + 1) if _is_wanted(regle, premier, date(year, month, number))]
    if regle.rangs:
        places = {rang - 1 if rang > 0 else len(wanted) + rang for rang in regle.rangs}
        wanted = [number for place, number in enumerate(wanted) if place in places]
    return [date(year, month, number) for number in wanted]


def _is_wanted(regle: Regle, premier: date, day: date) -> bool:
    if not regle.jours and not regle.quantiemes:
        return day.day == premier.day
    return _has_jour(regle, day) and _has_quantieme(regle, day)


def _has_jour(regle: Regle, day: date) -> bool:
    if not regle.jours:
        return True
    left = monthrange(day.year, day.month)[1] - day.day
    nths = (0, (day.day - 1) // 7 + 1, -(left // 7) - 1)
    return any(weekday == day.weekday() and nth in nths for nth, weekday in regle.jours)


def _has_quantieme(regle: Regle, day: date) -> bool:
    if not regle.quantiemes:
        return True
    return not {day.day, day.day - monthrange(day.year, day.month)[1] - 1}.isdisjoint(regle.quantiemes)


def find_next_day(
    regle: str,
    *,
    premier_on: date,
    jusqu_on: date | None,
    exceptions: Collection[date],
    du: date,
    jours: int = 366 * 6,
) -> date | None:
    """Return the first day of the rule from `du` on; None when it does not fall within `jours` days of its start.

    Raises RegleRefusee.
    """
    low = max(du, premier_on).toordinal()
    end = min(low + jours, date.max.toordinal())
    for first in range(low, end + 1, 366):
        days = list_days(
            regle, premier_on=premier_on, jusqu_on=jusqu_on, exceptions=exceptions,
            du=date.fromordinal(first), au=date.fromordinal(min(first + 365, end)),
        )  # fmt: skip
        if days:
            return days[0]
    return None
