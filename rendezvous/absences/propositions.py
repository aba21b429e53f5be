"""Where to move each appointment of an absence: the nearest slots, never the same place for two. Pure.

Nearest: the same lieu first, then the same day at the closest hour, then the days that follow at the closest hour.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from rendezvous.creneaux.modele import Creneau

CHOIX_MAX = 4


@dataclass(frozen=True)
class Touche:
    """An appointment to move. `jour`, `minute`: on the clock of its lieu."""

    pk: int
    motif_id: int
    personnes: int
    lieu_id: int
    jour: date
    minute: int
    duree: timedelta  # of the time taken, buffer included


@dataclass(frozen=True)
class Situe:
    """A free slot and its place on the clock of its lieu."""

    creneau: Creneau
    jour: date
    minute: int


@dataclass
class Prises:
    """What the proposals already made take of each resource: [(start, end), …]."""

    par_ressource: dict[int, list[tuple[datetime, datetime]]] = field(default_factory=lambda: defaultdict(list))
    par_seance: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def has_room(self, creneau: Creneau, touche: Touche) -> bool:
        """True while a place is left there."""
        if creneau.seance_id is not None:
            return self.par_seance[creneau.seance_id] + touche.personnes <= creneau.places_restantes
        end = creneau.debut_at + touche.duree
        taken = sum(a < end and creneau.debut_at < b for a, b in self.par_ressource[creneau.ressource_id])
        return taken < creneau.places_restantes

    def take(self, creneau: Creneau, touche: Touche) -> None:
        """Count this slot as taken."""
        if creneau.seance_id is not None:
            self.par_seance[creneau.seance_id] += touche.personnes
        else:
            stretch = (creneau.debut_at, creneau.debut_at + touche.duree)
            self.par_ressource[creneau.ressource_id].append(stretch)


def assign(touches: Sequence[Touche], offres: Mapping[tuple[int, int], Sequence[Situe]]) -> dict[int, list[Creneau]]:
    """Return {appointment: slots to choose from, the proposed one first}; empty when nothing is free.

    `offres`: free slots by (motif, persons). Appointments are served in the order given.
    """
    prises = Prises()
    found: dict[int, list[Creneau]] = {}
    for touche in touches:
        near = _rank(touche, offres.get((touche.motif_id, touche.personnes), ()))
        kept: list[Creneau] = []
        for creneau in near:
            if prises.has_room(creneau, touche):
                kept.append(creneau)
            if len(kept) == CHOIX_MAX:
                break
        if kept:
            prises.take(kept[0], touche)
        found[touche.pk] = kept
    return found


def _rank(touche: Touche, offres: Iterable[Situe]) -> list[Creneau]:
    """Not before the day it was promised for: the person may not be free sooner."""
    later = [each for each in offres if each.jour >= touche.jour]
    later.sort(
        key=lambda each: (
            each.creneau.lieu_id != touche.lieu_id,
            each.jour,
            abs(each.minute - touche.minute),
            each.creneau.ressource_id,
        )
    )
    return [each.creneau for each in later]
