"""Dates of the demonstration: all relative to the moment it is loaded, at hours when a town hall works."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
RECENT = timedelta(minutes=25)  # nothing of the past is closer to now


@dataclass(frozen=True)
class Horloge:
    """Turns « three days ago at 09:10 » into an instant, never later than now."""

    at: datetime

    @property
    def today(self) -> date:
        """The day of the loading, in Paris."""
        return self.at.astimezone(PARIS).date()

    def ago(self, jours: int, heure: str, *, ouvre: bool = True) -> datetime:
        """Return `jours` days back at `heure`; with `ouvre`, a weekend falls on the Friday before."""
        day = self.today - timedelta(days=jours)
        while ouvre and day.weekday() >= 5:
            day -= timedelta(days=1)
        return min(self._instant(day, heure), self.at - RECENT)

    def after(self, start: datetime, jour: int, heure: str) -> datetime:
        """Return `jour` working days after the day of `start`, at `heure`."""
        day = start.astimezone(PARIS).date()
        while jour > 0 or day.weekday() >= 5:
            day += timedelta(days=1)
            jour -= day.weekday() < 5
        return self._instant(day, heure)

    @staticmethod
    def _instant(day: date, heure: str) -> datetime:
        return datetime.combine(day, time.fromisoformat(heure), PARIS)
