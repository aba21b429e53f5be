"""Wall clock ⇄ instants, in the zone of the lieu. The only place where a local day meets a minute.

A time lived twice (autumn) is the first one; a time that does not exist (spring) is shifted forward by the gap, as
rules need (02:30 → 03:30). Forms refuse it first, see `is_heure_reelle`.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTES_JOUR = 24 * 60


def to_instant(day: date, minute: int, fuseau: str) -> datetime:
    """Return the instant (UTC) when the wall clock of `fuseau` reads `minute` (0 to 1440) on the local day `day`."""
    if minute == MINUTES_JOUR:
        day, minute = day + timedelta(days=1), 0
    return datetime.combine(day, time(*divmod(minute, 60)), ZoneInfo(fuseau)).astimezone(UTC)


def to_local(instant: datetime, fuseau: str) -> datetime:
    """Return the instant on the wall clock of `fuseau`."""
    return instant.astimezone(ZoneInfo(fuseau))


def get_day(instant: datetime, fuseau: str) -> date:
    """Return the local day of an instant."""
    return to_local(instant, fuseau).date()


def get_minute(instant: datetime, fuseau: str) -> int:
    """Return the minute of the local day of an instant, 0 to 1439."""
    local = to_local(instant, fuseau)
    return local.hour * 60 + local.minute


def is_heure_reelle(day: date, minute: int, fuseau: str) -> bool:
    """False for a wall-clock time that the change of time skips that day."""
    return minute == MINUTES_JOUR or get_minute(to_instant(day, minute, fuseau), fuseau) == minute
