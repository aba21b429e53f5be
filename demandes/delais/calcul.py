"""A computed deadline always comes with its reasoning: nobody must take a date on trust."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from socle.ecriture import ESPACE, write_heure, write_jour

FIN = time(23, 59, 59)  # of a day that counts whole


@dataclass(frozen=True)
class Jalon:
    """A day and why. `jour` is None when nothing lets us give one (documents still awaited).

    The deadline is the whole of that day: an implicit decision is born at 24:00.
    """

    jour: date | None
    explication: tuple[str, ...]

    def end_at(self, fuseau: str) -> datetime | None:
        """Return the last second of the day on the wall clock of `fuseau`."""
        return None if self.jour is None else end_of_day(self.jour, fuseau)


@dataclass(frozen=True)
class Promesse:
    """An instant and why. `at` is None while the clock is stopped by a pause that nobody has closed."""

    at: datetime | None
    explication: tuple[str, ...]


def end_of_day(day: date, fuseau: str) -> datetime:
    """Return 23:59:59 of that day on the wall clock of `fuseau`: the date never slips to the next one."""
    return datetime.combine(day, FIN, ZoneInfo(fuseau))


def tell_jour(day: date) -> str:
    """« lundi 2 novembre 2026 »; of an instant, the day of its own clock."""
    plain = day.date() if isinstance(day, datetime) else day
    return write_jour(plain, annee=True)


def tell_instant(instant: datetime, local: ZoneInfo) -> str:
    """« lundi 2 novembre 2026 à 9 h 12 », on the wall clock of `local`."""
    clock = instant.astimezone(local).replace(tzinfo=None)  # naive: written as it stands
    return f"{write_jour(clock, annee=True)} à {write_heure(clock)}"


def count(number: int, singular: str, plural: str = "") -> str:
    """« 1 jour », « 3 jours »."""
    return f"{number}{ESPACE}{singular if abs(number) < 2 else plural or singular + 's'}"
