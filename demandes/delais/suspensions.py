"""What stops a clock, and which one.

Asking the usager for a document or an information that the texts demand (CRPA, L114-5) suspends the delay of an
implicit rejection (SVR) and starts that of an implicit acceptance (SVA) again at the receipt of the last document.
A third party's silence stops no legal clock. The promise of the service stops for each pause it is given.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from collectivites.minutes import Pause


class Nature(StrEnum):
    """Why a clock stops."""

    PIECES = "pieces"  # a document demanded by the texts is missing or out of date
    INCORRECT = "incorrect"  # what was sent must be corrected
    USAGER = "usager"  # we wait for the usager, who was told what is missing
    TIERS = "tiers"  # we wait for somebody else


LIBELLES = {
    Nature.PIECES: "pièces demandées à l'usager",
    Nature.INCORRECT: "correction demandée à l'usager",
    Nature.USAGER: "attente de l'usager",
    Nature.TIERS: "attente d'un tiers",
}
SUSPENSIVES = frozenset({Nature.PIECES, Nature.INCORRECT, Nature.USAGER})  # of an implicit rejection
RELANCANTES = frozenset({Nature.PIECES, Nature.USAGER})  # an implicit acceptance starts again
_MOTS = (
    ("incorrect", Nature.INCORRECT),
    ("correction", Nature.INCORRECT),
    ("tiers", Nature.TIERS),
    ("piece", Nature.PIECES),
    ("incompl", Nature.PIECES),
    ("document", Nature.PIECES),
    ("justificatif", Nature.PIECES),
    ("perim", Nature.PIECES),
    ("complement", Nature.PIECES),
    ("usager", Nature.USAGER),
    ("demandeur", Nature.USAGER),
)


@dataclass(frozen=True)
class Arret:
    """One stop of a clock, [debut, fin[; `fin` None while it lasts.

    `jours` is the delay granted to produce the documents: the law's suspension never outlasts it (L114-5).
    """

    debut: datetime
    fin: datetime | None
    nature: Nature = Nature.USAGER
    jours: int | None = None

    def as_pause(self) -> Pause:
        """Return the stop as the promise of the service sees it."""
        return self.debut, self.fin

    def read_days(self, fuseau: str) -> tuple[date, date | None]:
        """Return the local days of the request and of the answer (None: still awaited)."""
        local = ZoneInfo(fuseau)
        return self.debut.astimezone(local).date(), self.fin.astimezone(local).date() if self.fin else None

    def read_suspended_days(self, fuseau: str) -> tuple[date, date | None]:
        """Return the same days, ended by the delay granted when it comes before the answer."""
        first, last = self.read_days(fuseau)
        if self.jours is None:
            return first, last
        granted = first + timedelta(days=self.jours)
        return first, min(last, granted) if last else granted


def read_nature(text: str) -> Nature | None:
    """Return the nature a word means (« incomplet », « pieces », « en_attente_tiers »…), None when nothing fits."""
    return next((nature for word, nature in _MOTS if word in text), None)


def merge_days(stops: Iterable[tuple[date, date | None]]) -> list[tuple[date, date | None]]:
    """Return the stops in order without overlap: two at once suspend only once."""
    merged: list[tuple[date, date | None]] = []
    for first, last in sorted(stops, key=lambda stop: (stop[0], stop[1] or date.max)):
        if not merged or (merged[-1][1] is not None and first > merged[-1][1]):
            merged.append((first, last))
        elif merged[-1][1] is not None and (last is None or last > merged[-1][1]):
            merged[-1] = (merged[-1][0], last)
    return merged
