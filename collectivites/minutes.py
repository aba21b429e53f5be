"""Business minutes: the instants at which a place is open, counted over closures, holidays and changes of time.

An instant is open when the wall clock of the zone, read at that instant, falls in a range of that local day. Intervals
are half-open: a place open [8:30, 12:00[ is closed at noon. On the night of a change of time a range that covers the
hour lived twice lasts one hour more, the one that covers the missing hour one hour less: what really elapses counts.
Minutes are never walked one by one: the work grows with the days crossed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from collectivites.calendrier import AucunJourOuvre
from collectivites.feries import compute_feries
from collectivites.plages import Plage

Intervalle = tuple[datetime, datetime]  # [start, end[, in UTC
Pause = tuple[datetime, datetime | None]  # the clock is stopped in [start, end[; no end: still stopped
PATIENCE = 3660  # days in a row without an open minute: a town closed for ten years has no deadline
TOUJOURS = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Ouverture:
    """When a place is open: `plages` per weekday (0 = Monday) in minutes of the day, `fermetures`, holidays of `zone`.

    `zone` is a value of Collectivite.ZoneFeries; None when public holidays are worked.
    """

    fuseau: str = "Europe/Paris"
    plages: Mapping[int, tuple[Plage, ...]] = field(default_factory=dict)
    fermetures: frozenset[date] = frozenset()
    zone: str | None = "metropole"

    @cached_property
    def local(self) -> ZoneInfo:
        """The time zone of the wall clock. Raises ZoneInfoNotFoundError."""
        return ZoneInfo(self.fuseau)

    def get_day(self, instant: datetime) -> date:
        """Return the local day of an instant."""
        return instant.astimezone(self.local).date()

    def find_motif(self, day: date) -> str:
        """Return why a day that its weekday would open does not count: the holiday's name, « fermeture », or ""."""
        if self.zone is not None and day in compute_feries(day.year, self.zone):
            return compute_feries(day.year, self.zone)[day]
        return "fermeture" if day in self.fermetures else ""

    def list_intervals(self, day: date) -> list[Intervalle]:
        """Return the open intervals of a local day, in order; none when it is closed."""
        plages = self.plages.get(day.weekday(), ())
        if not plages or self.find_motif(day):
            return []
        return _expand(day, plages, self.local)


def _expand(day: date, plages: Iterable[Plage], local: ZoneInfo) -> list[Intervalle]:
    """Place wall-clock ranges on the line of time, one constant offset from UTC after the other."""
    midnight = datetime.combine(day, time())
    found = []
    for first, last, offset in _cut(day, local):
        base = (midnight - offset).replace(tzinfo=UTC)
        for start, end in plages:
            low, high = max(first, base + timedelta(minutes=start)), min(last, base + timedelta(minutes=end))
            if low < high:
                found.append((low, high))
    return sorted(found)


def _cut(day: date, local: ZoneInfo) -> list[tuple[datetime, datetime, timedelta]]:
    """Cut a local day where its offset from UTC changes: one piece on ordinary days, two on the others."""
    first = datetime.combine(day, time(), local).astimezone(UTC)
    last = datetime.combine(day + timedelta(days=1), time(), local).astimezone(UTC)
    before, after = _offset(first, local), _offset(last - timedelta(seconds=1), local)
    if before == after:
        return [(first, last, before)]
    low, high = 0, int((last - first).total_seconds())
    while high - low > 1:  # seconds since `first`: the offset is the old one at `low`, the new one at `high`
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(first + timedelta(seconds=middle), local) == before else (low, middle)
    change = first + timedelta(seconds=high)
    return [(first, change, before), (change, last, after)]


def _offset(instant: datetime, local: ZoneInfo) -> timedelta:
    return instant.astimezone(local).utcoffset() or timedelta()


def merge_pauses(pauses: Iterable[Pause]) -> list[Intervalle]:
    """Return the instants when the clock is stopped, in order, without overlap. An open pause never ends."""
    merged: list[Intervalle] = []
    for start, end in sorted((start.astimezone(UTC), (end or TOUJOURS).astimezone(UTC)) for start, end in pauses):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged


def subtract(intervals: Iterable[Intervalle], stops: list[Intervalle]) -> Iterator[Intervalle]:
    """Yield what is left of `intervals` outside `stops` (both in order, without overlap)."""
    for start, end in intervals:
        low = start
        for first, last in stops:
            if last <= low or first >= end:
                continue
            if low < first:
                yield low, first
            low = last
        if low < end:
            yield low, end


def add_business_minutes(
    debut: datetime, minutes: int, ouverture: Ouverture, *, pauses: Iterable[Pause] = ()
) -> datetime | None:
    """Return the first instant at which `minutes` open minutes have elapsed since `debut`, in the place's zone.

    None when a pause that nobody closed comes first. Raises AucunJourOuvre when the place no longer opens, ValueError
    below one minute, OverflowError after the year 9999.
    """
    if minutes < 1:
        raise ValueError("minutes < 1")
    left, stops = timedelta(minutes=minutes), merge_pauses(pauses)
    for start, end in _walk(debut, ouverture, stops):
        if end - start >= left:
            return (start + left).astimezone(ouverture.local)
        left -= end - start
    return None


def _walk(debut: datetime, ouverture: Ouverture, stops: list[Intervalle]) -> Iterator[Intervalle]:
    """Yield the running time after `debut`, until a pause without end. Raises AucunJourOuvre."""
    if not any(ouverture.plages.values()):
        raise AucunJourOuvre("Ce calendrier n'ouvre aucune minute\u00a0: l'échéance ne peut pas être calculée.")
    forever = next((first for first, last in stops if last == TOUJOURS), TOUJOURS)
    start, day, closed = debut.astimezone(UTC), ouverture.get_day(debut), 0
    while closed < PATIENCE:
        intervals = [(max(low, start), high) for low, high in ouverture.list_intervals(day) if high > start]
        if intervals and intervals[0][0] >= forever:
            return
        yield from subtract(intervals, stops)
        closed = 0 if intervals else closed + 1
        day += timedelta(days=1)
    raise AucunJourOuvre("Ce calendrier n'ouvre plus pendant dix ans\u00a0: l'échéance ne peut pas être calculée.")


def count_business_minutes(
    debut: datetime, fin: datetime, ouverture: Ouverture, *, pauses: Iterable[Pause] = ()
) -> int:
    """Return the whole open minutes of [debut, fin[, less the pauses; 0 when `fin` comes first."""
    start, end, stops = debut.astimezone(UTC), fin.astimezone(UTC), merge_pauses(pauses)
    total, day = timedelta(), ouverture.get_day(debut)
    last = ouverture.get_day(fin)
    while day <= last:
        inside = [(max(low, start), min(high, end)) for low, high in ouverture.list_intervals(day)]
        kept = [(low, high) for low, high in inside if low < high]
        total += sum((high - low for low, high in subtract(kept, stops)), timedelta())
        day += timedelta(days=1)
    return int(total.total_seconds() // 60)
