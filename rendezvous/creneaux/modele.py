"""What a search of free time is asked, and what it answers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypedDict

JOURS_USAGER = 60  # local days one search may cover: a page shows no more
JOURS_MAX = 100  # three months and a margin: what France Titres and agents ask
LOIN = 3 * 366  # days from today beyond which a date is a mistake


class RechercheRefusee(ValueError):
    """The question makes no sense, or asks for too much; the message is a French sentence for who asked."""


@dataclass(frozen=True, slots=True)
class Creneau:
    """A time that can be booked, [debut_at, fin_at[ in UTC: the usager's own time, without the buffer after it.

    `place`: the lowest free place of the resource. `places_restantes`: free places of that resource at that time, or
    seats left in the session `seance_id`.
    """

    debut_at: datetime
    fin_at: datetime
    lieu_id: int
    ressource_id: int
    place: int
    motif_id: int
    seance_id: int | None = None
    places_restantes: int = 1


class Limites(TypedDict, total=False):
    """What narrows a search, all optional.

    `personnes`: how many come. `lieux`, `ressources`: only those. `zone_id`: where the usager lives, for motifs that
    go by address. `pour_agent`: the delays of the motif and the sectors without zone do not bind agents.
    `sauf_rendezvous`: its own time counts as free, for a move. `jours_max`: the longest window allowed.
    """

    personnes: int
    lieux: Collection[int] | None
    ressources: Collection[int] | None
    zone_id: int | None
    pour_agent: bool
    sauf_rendezvous: int | None
    jours_max: int


@dataclass(frozen=True)
class Criteres:
    """One question: local days `du` to `au`, both included, asked at the instant `at`; see `Limites`."""

    du: date
    au: date
    at: datetime
    personnes: int = 1
    lieux: Collection[int] | None = None
    ressources: Collection[int] | None = None
    zone_id: int | None = None
    pour_agent: bool = False
    sauf_rendezvous: int | None = None
    jours_max: int = JOURS_USAGER

    def check(self) -> None:
        """Raise RechercheRefusee when the window or the number of persons makes no sense."""
        jours = JOURS_MAX if self.pour_agent else self.jours_max
        if self.au < self.du:
            raise RechercheRefusee("Le dernier jour vient avant le premier.")
        if (self.au - self.du).days >= jours:
            raise RechercheRefusee(f"Une recherche porte sur {jours}\u00a0jours au plus.")
        if abs((self.du - self.at.date()).days) > LOIN:
            raise RechercheRefusee("Cette date est trop lointaine.")
        if self.personnes < 1:
            raise RechercheRefusee("Indiquez au moins une personne.")

    @property
    def bornes(self) -> tuple[datetime, datetime]:
        """Instants around the window in any zone of the world, for indexes: never a limit by themselves."""
        start, end = (datetime.combine(day, time(), UTC) for day in (self.du, self.au))
        return start - timedelta(days=1), end + timedelta(days=2)
