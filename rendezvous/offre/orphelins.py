"""Appointments that no range holds any more: they stay, and are listed for somebody to decide.

An appointment is held when the ranges of each of its resources, at its lieu and for its motif, cover its whole time
with enough places for its own (two ranges that touch hold it together). On a place beyond what the ranges have now, it
is over capacity: `rangement` first gives it a lower place that is free. Sessions are opened by hand, outside any
range: they are never orphans. A day closed since (closure, public holiday no longer worked) holds nothing.
Columns only are compared: 15,000 appointments of one lieu took 4 s as one SQL condition.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import product
from operator import itemgetter
from typing import NamedTuple

from django.db.models import QuerySet

from rendezvous.models import OccurrencePlage, PlageMotif, RendezVous
from rendezvous.offre.fermetures import Fermetures, find_ferie
from rendezvous.offre.instants import Troncon

Clef = tuple[int, int, int, int]  # resource, lieu, motif, place


class Cause(StrEnum):
    """Why an appointment is left over."""

    PLAGE = "hors plage"
    CAPACITE = "au-delà de la capacité"
    FERMETURE = "jour fermé"


class Prise(NamedTuple):
    """The time that one appointment takes of one resource."""

    rendezvous_id: int
    ressource_id: int
    lieu_id: int
    motif_id: int
    jour: date
    debut_at: datetime
    fin_at: datetime
    place: int = 1


def list_orphelins(parmi: QuerySet[RendezVous], *, at: datetime) -> list[RendezVous]:
    """Return the appointments to come of `parmi` that no range holds, soonest first (five queries).

    Give what the agent may read (`RendezVous.objects.visible_to(acces)`). A surbooking was put outside on purpose.
    """
    live = RendezVous.objects.live().filter(pk__in=parmi.order_by().values("pk"))
    return _load(find_lost(_read(live.filter(debut_at__gte=at, seance=None, is_surbooking=False))))


def list_tenus(ressources: Collection[int], *, at: datetime) -> list[RendezVous]:
    """Return the appointments to come of these resources that a range holds: before a change, to compare after."""
    coming = RendezVous.objects.live().filter(
        debut_at__gte=at, seance=None, occupations__ressource_id__in=ressources, occupations__is_actif=True
    )
    rows = _read(RendezVous.objects.filter(pk__in=coming.values("pk")))
    return _load({row.rendezvous_id for row in rows} - find_lost(rows))


def find_orphelins(rendezvous: Iterable[RendezVous]) -> list[RendezVous]:
    """Return those that no range holds now, soonest first."""
    rows = list(rendezvous)
    if not rows:
        return []
    lost = find_lost(_read(RendezVous.objects.filter(pk__in=[rdv.pk for rdv in rows])))
    return sorted((rdv for rdv in rows if rdv.pk in lost), key=lambda rdv: (rdv.debut_at, rdv.pk))


def find_causes(rendezvous: Iterable[RendezVous]) -> dict[int, Cause]:
    """Say of appointments left over what is wrong with each, by id."""
    rows = _read(RendezVous.objects.filter(pk__in=[rdv.pk for rdv in rendezvous]))
    seated = [row._replace(place=1) for row in rows]
    lost = find_lost(seated)
    closed = lost - {row.rendezvous_id for row in set(seated) - list_held(seated, is_ouvert=True)}
    return {
        row.rendezvous_id: Cause.FERMETURE if row.rendezvous_id in closed
        else Cause.PLAGE if row.rendezvous_id in lost else Cause.CAPACITE
        for row in rows
    }  # fmt: skip


def _read(rendezvous: QuerySet[RendezVous]) -> list[Prise]:
    columns = (
        "pk", "occupations__ressource_id", "lieu_id", "motif_id", "jour", "debut_at", "fin_at", "occupations__place"
    )  # fmt: skip
    taken = rendezvous.filter(occupations__is_actif=True).values_list(*columns)
    return [Prise(*row) for row in taken]


def _load(ids: Collection[int]) -> list[RendezVous]:
    if not ids:
        return []
    return list(RendezVous.objects.for_list().filter(pk__in=ids).order_by("debut_at", "pk"))


def find_lost(rows: Sequence[Prise]) -> set[int]:
    """Return the ids of the appointments that no range holds at their place (three queries)."""
    return {row.rendezvous_id for row in set(rows) - list_held(rows)}


def list_held(rows: Sequence[Prise], *, is_ouvert: bool = False) -> set[Prise]:
    """Return the times that ranges hold, with enough places for each (three queries).

    `is_ouvert`: as if no day were closed.
    """
    if not rows:
        return set()
    covers = _read_covers(rows, is_ouvert=is_ouvert)
    return {row for row in rows if _is_held(row, covers)}


def _is_held(row: Prise, covers: Mapping[Clef, list[Troncon]]) -> bool:
    stretches = covers.get((row.ressource_id, row.lieu_id, row.motif_id, row.place), [])
    rank = bisect_right(stretches, row.debut_at, key=itemgetter(0))
    return rank > 0 and row.fin_at <= stretches[rank - 1][1]


def _read_covers(rows: Sequence[Prise], *, is_ouvert: bool) -> Mapping[Clef, list[Troncon]]:
    motifs: dict[int, list[int]] = defaultdict(list)
    links = PlageMotif.objects.filter(motif_id__in={row.motif_id for row in rows}, plage__is_active=True)
    for plage, motif in links.values_list("plage_id", "motif_id"):
        motifs[plage].append(motif)
    near = (min(row.jour for row in rows) - timedelta(days=1), max(row.jour for row in rows) + timedelta(days=1))
    occurrences = OccurrencePlage.objects.filter(
        ressource_id__in={row.ressource_id for row in rows}, lieu__is_active=True, jour__range=near
    ).order_by("debut_at", "fin_at")  # fmt: skip
    covers: dict[Clef, list[Troncon]] = defaultdict(list)
    columns = (
        "plage_id", "ressource_id", "lieu_id", "debut_at", "fin_at", "capacite", "jour", "is_ferie_travaille",
        "lieu__zone_feries", "collectivite__zone_feries", "lieu__feries_ouverts",
    )  # fmt: skip
    places = sorted({row.place for row in rows})
    closures = Fermetures() if is_ouvert else Fermetures.read(*near)
    for plage, ressource, lieu, start, end, capacite, jour, works, zone, town, ouverts in occurrences.values_list(
        *columns
    ):
        ferie = find_ferie(jour, zone=zone or town, ouverts=ouverts, is_travaille=works or is_ouvert)
        if ferie or closures.find(lieu, jour):
            continue
        for motif, place in product(motifs.get(plage, ()), places):
            if place <= capacite:
                _merge(covers[ressource, lieu, motif, place], start, end)
    return covers


def _merge(covers: list[Troncon], start: datetime, end: datetime) -> None:
    """Add a stretch, given in order of start, to those that it touches or overlaps."""
    if covers and start <= covers[-1][1]:
        covers[-1] = (covers[-1][0], max(covers[-1][1], end))
    else:
        covers.append((start, end))
