"""Which slots of several stops make one visit: same local day, time to walk between lieux, shortest on one's feet.

Pure. For each possible first slot, dynamic programming over (stops done, last stop, last lieu) keeps the earliest end:
exact, since to end a stop earlier at one lieu is never worse for what follows. Cost per day: S · 2ⁿ · n² · L² · log S
for n stops (at most ETAPES_MAX), S slots, L lieux; every order is tried unless the visit is ordered.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise

from rendezvous.creneaux.modele import Creneau

ETAPES_MAX = 5
RESSOURCES_ESSAYEES = 3
PAR_JOUR = 2  # combinations proposed for one day: the usager sees several days

Trajets = Callable[[int, int], timedelta]  # (from lieu, to lieu) → time to go
Jour = Callable[[Creneau], date]  # local day of a slot
Occupe = Callable[[int, Creneau], timedelta]  # (stop, slot) → how long the resource is taken, buffer included


@dataclass(frozen=True)
class Combinaison:
    """Slots in the order they are lived; `rangs[i]` is the stop that `creneaux[i]` serves."""

    creneaux: tuple[Creneau, ...]
    rangs: tuple[int, ...]

    def list_etapes(self) -> list[tuple[int, Creneau]]:
        """Return (stop, slot) in the order they are lived."""
        return list(zip(self.rangs, self.creneaux, strict=True))

    @property
    def debut_at(self) -> datetime:
        """When the visit begins."""
        return self.creneaux[0].debut_at

    @property
    def fin_at(self) -> datetime:
        """When it ends."""
        return self.creneaux[-1].fin_at

    @property
    def duree(self) -> timedelta:
        """From the first door to the last."""
        return self.fin_at - self.debut_at

    @property
    def attente(self) -> timedelta:
        """Time between appointments, walking included."""
        return self.duree - sum((slot.fin_at - slot.debut_at for slot in self.creneaux), timedelta())

    @cached_property
    def changements(self) -> int:
        """How many times one changes lieu."""
        return sum(a.lieu_id != b.lieu_id for a, b in pairwise(self.creneaux))


class EtapesTropNombreuses(ValueError):
    """More stops than one visit can hold. The message is a French sentence."""


@dataclass(frozen=True)
class _Pas:
    """A partial visit: it ends at `creneau`, reached from `avant`."""

    creneau: Creneau
    rang: int
    avant: "_Pas | None"

    def unwind(self) -> Combinaison:
        steps: list[_Pas] = []
        step: _Pas | None = self
        while step is not None:
            steps.append(step)
            step = step.avant
        steps.reverse()
        return Combinaison(tuple(each.creneau for each in steps), tuple(each.rang for each in steps))


def combine(
    offres: Sequence[Sequence[Creneau]],
    *,
    is_ordonne: bool,
    trajet: Trajets,
    jour: Jour,
    occupe: Occupe,
    nombre: int = 6,
) -> list[Combinaison]:
    """Return the best visits, the soonest day first, then the shortest, `PAR_JOUR` a day at most.

    `offres[i]`: the slots of stop i, one per resource that could take it. Raises EtapesTropNombreuses.
    """
    if not 1 <= len(offres) <= ETAPES_MAX:
        raise EtapesTropNombreuses(f"Un parcours compte de 1 à {ETAPES_MAX} rendez-vous.")
    per_day = [_group(slots, jour) for slots in offres]
    common = set.intersection(*(set(days) for days in per_day))
    found: list[Combinaison] = []
    for day in sorted(common):
        found += _best_of_day([days[day] for days in per_day], is_ordonne=is_ordonne, trajet=trajet, occupe=occupe)
        if len(found) >= nombre:
            break
    return found[:nombre]


def _group(slots: Iterable[Creneau], jour: Jour) -> dict[date, list[Creneau]]:
    days: dict[date, list[Creneau]] = defaultdict(list)
    for slot in slots:
        days[jour(slot)].append(slot)
    return days


def _best_of_day(
    offres: Sequence[list[Creneau]], *, is_ordonne: bool, trajet: Trajets, occupe: Occupe
) -> Iterator[Combinaison]:
    journee = _Journee(offres, is_ordonne=is_ordonne, trajet=trajet, occupe=occupe)
    ranked = sorted(journee.list_all(), key=lambda each: (each.duree, each.changements, each.debut_at))
    kept: list[Combinaison] = []
    for each in ranked:
        if any(_overlap(each, other) for other in kept):
            continue  # two visits at nearly the same time are no choice
        kept.append(each)
        if len(kept) == PAR_JOUR:
            break
    return iter(sorted(kept, key=lambda each: each.debut_at))


def _overlap(a: Combinaison, b: Combinaison) -> bool:
    return a.debut_at < b.fin_at and b.debut_at < a.fin_at


class _Journee:
    """The slots of one day, indexed by stop and lieu."""

    def __init__(self, offres: Sequence[list[Creneau]], *, is_ordonne: bool, trajet: Trajets, occupe: Occupe) -> None:
        self.ordonne, self.trajet, self.occupe, self.nombre = is_ordonne, trajet, occupe, len(offres)
        self.par_lieu: list[dict[int, tuple[list[datetime], list[Creneau]]]] = []
        for slots in offres:
            lieux: dict[int, list[Creneau]] = defaultdict(list)
            for slot in sorted(slots, key=lambda each: (each.debut_at, each.ressource_id, each.place)):
                lieux[slot.lieu_id].append(slot)
            self.par_lieu.append({lieu: ([s.debut_at for s in kept], kept) for lieu, kept in lieux.items()})

    def list_all(self) -> Iterator[Combinaison]:
        """The visit that ends soonest for each possible first slot."""
        for rang in range(1 if self.ordonne else self.nombre):
            for _, slots in self.par_lieu[rang].values():
                for first in _thin(slots):
                    yield from self._from(first, rang)

    def _from(self, first: Creneau, rang: int) -> Iterator[Combinaison]:
        states = {(1 << rang, rang, first.lieu_id): _Pas(first, rang, None)}
        for _ in range(self.nombre - 1):
            states = self._advance(states)
        ends = [step.unwind() for step in states.values()]
        if ends:
            yield min(ends, key=lambda each: (each.fin_at, each.changements))

    def _advance(self, states: Mapping[tuple[int, int, int], _Pas]) -> dict[tuple[int, int, int], _Pas]:
        reached: dict[tuple[int, int, int], _Pas] = {}
        for (done, last, _), step in states.items():
            for rang in self._next(done, last):
                for lieu, (starts, slots) in self.par_lieu[rang].items():
                    index = bisect_left(starts, step.creneau.fin_at + self.trajet(step.creneau.lieu_id, lieu))
                    slot = next((each for each in slots[index:] if not self._is_taken(step, each)), None)
                    if slot is not None:
                        _keep(reached, (done | 1 << rang, rang, lieu), _Pas(slot, rang, step))
        return reached

    def _is_taken(self, step: _Pas | None, slot: Creneau) -> bool:
        """The visit itself holds that resource then: two stops with one agent, and a buffer between them."""
        while step is not None:
            if _collide(step.creneau, slot, self.occupe(step.rang, step.creneau)):
                return True
            step = step.avant
        return False

    def _next(self, done: int, last: int) -> Iterable[int]:
        if self.ordonne:
            return (last + 1,)
        return (rang for rang in range(self.nombre) if not done >> rang & 1)


def _thin(slots: list[Creneau]) -> Iterator[Creneau]:
    """A few resources for each start: enough for the visit to find another one for its next stop."""
    seen: dict[datetime, int] = defaultdict(int)
    for slot in slots:
        seen[slot.debut_at] += 1
        if seen[slot.debut_at] <= RESSOURCES_ESSAYEES:
            yield slot


def _keep(reached: dict[tuple[int, int, int], _Pas], key: tuple[int, int, int], step: _Pas) -> None:
    known = reached.get(key)
    if known is None or step.creneau.fin_at < known.creneau.fin_at:
        reached[key] = step


def _collide(before: Creneau, after: Creneau, length: timedelta) -> bool:
    """The same place of the same resource, still taken (buffer of the first) when the second begins."""
    same = (before.ressource_id, before.place) == (after.ressource_id, after.place)
    return same and before.debut_at + length > after.debut_at
