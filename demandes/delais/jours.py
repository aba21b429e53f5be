"""Days as the law counts them: business days, working days, months « de quantième à quantième ».

A « jour ouvré » is Monday to Friday, a « jour ouvrable » Monday to Saturday, less the public holidays of the zone.
Closures and « ponts » of the collectivité are ordinary days here: they move a promise of service, never the law.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from collectivites.feries import compute_feries, is_ferie

SAMEDI, DIMANCHE = 5, 6


def is_ouvre(day: date, zone: str | None) -> bool:
    """True from Monday to Friday, public holidays excepted."""
    return day.weekday() < SAMEDI and not is_ferie(day, zone)


def is_ouvrable(day: date, zone: str | None) -> bool:
    """True from Monday to Saturday, public holidays excepted."""
    return day.weekday() < DIMANCHE and not is_ferie(day, zone)


def add_jours_ouvres(day: date, jours: int, zone: str | None) -> date:
    """Return the `jours`-th business day after `day`, which does not count."""
    left = jours
    while left:
        day += timedelta(days=1)
        left -= is_ouvre(day, zone)
    return day


def add_mois(day: date, mois: int) -> date:
    """Return the same day number `mois` months later, or the last day of a month that has no such day.

    The official example: received on 1 October, decision on 1 December (service-public, F32388). Never postponed.
    """
    years, month = divmod(day.month - 1 + mois, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def postpone(day: date, zone: str | None) -> date:
    """Return `day`, or the first business day after a Saturday, a Sunday or a public holiday."""
    while not is_ouvre(day, zone):
        day += timedelta(days=1)
    return day


def list_non_ouvres(first: date, last: date, zone: str | None) -> Iterator[tuple[date, str]]:
    """Yield (day, name) of the public holidays that fall from Monday to Friday, in ]first, last]."""
    day = first + timedelta(days=1)
    while day <= last and zone is not None:
        if day.weekday() < SAMEDI and is_ferie(day, zone):
            yield day, compute_feries(day.year, zone)[day]
        day += timedelta(days=1)


def count_days(first: date, last: date, zone: str | None, rule: Callable[[date, str | None], bool]) -> int:
    """Return how many days of [first, last] follow `rule`."""
    return sum(rule(first + timedelta(days=n), zone) for n in range((last - first).days + 1))
