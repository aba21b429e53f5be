"""Quiet hours: what nobody asked for at that very moment (a reminder, an offer) never rings in the night.

Wall clock of the lieu, 21 h to 8 h unless the town says otherwise (`rendezvous.silence_debut`, `silence_fin`).
A code, or the confirmation of what the usager has just done, is not held.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from collectivites.reglages import get_reglages
from rendezvous.heures import get_day, get_minute, to_instant

SILENCE = ("rendezvous.silence_debut", "rendezvous.silence_fin")
HEURE = 60
MARGE = 60  # minutes before the night: a message brought forward still leaves in the evening when a provider is slow


@dataclass(frozen=True, slots=True)
class Silence:
    """No message from `debut` o'clock to `fin` o'clock of the next day, wall clock."""

    debut: int = 21
    fin: int = 8

    def holds(self, at: datetime, fuseau: str) -> bool:
        """True when nothing may leave at that instant."""
        return not self.fin * HEURE <= get_minute(at, fuseau) < self.debut * HEURE

    def find_next(self, at: datetime, fuseau: str) -> datetime:
        """Return `at`, or the next morning when it falls in the night."""
        if not self.holds(at, fuseau):
            return at
        is_evening = get_minute(at, fuseau) >= self.debut * HEURE
        return to_instant(get_day(at, fuseau) + timedelta(days=is_evening), self.fin * HEURE, fuseau)

    def find_previous(self, at: datetime, fuseau: str) -> datetime:
        """Return `at`, or the evening before when it falls in the night (an hour before silence begins)."""
        if not self.holds(at, fuseau):
            return at
        is_morning = get_minute(at, fuseau) < self.fin * HEURE
        return to_instant(get_day(at, fuseau) - timedelta(days=is_morning), self.debut * HEURE - MARGE, fuseau)


def read_silence() -> Silence:
    """Return the quiet hours of the active town (one query)."""
    return build_silence(get_reglages(*SILENCE))


def build_silence(reglages: Mapping[str, int]) -> Silence:
    """Return the quiet hours from settings already read."""
    return Silence(*(reglages[clef] for clef in SILENCE))


def next_allowed(at: datetime, fuseau: str) -> datetime:
    """Return `at`, or the first instant after it that is out of the quiet hours of the zone."""
    return read_silence().find_next(at, fuseau)
