"""Appointments that no range holds any more: they stay, and are listed for somebody to decide.

An appointment is held when the ranges of each of its resources, at its lieu and for its motif, cover its whole time
(two ranges that touch hold it together). Sessions are opened by hand, outside any range: they are never orphans.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet

from rendezvous.etats import VIVANTS
from rendezvous.models import Occupation, OccurrencePlage, RendezVous
from rendezvous.offre.instants import Troncon

Clef = tuple[int, int, int]  # resource, lieu, motif


def list_orphelins(parmi: QuerySet[RendezVous], *, at: datetime) -> list[RendezVous]:
    """Return the appointments to come of `parmi` that no range holds, soonest first (three queries).

    Give what the agent may read (`RendezVous.objects.visible_to(acces)`). A surbooking was put outside on purpose.
    """
    coming = parmi.filter(etat__in=VIVANTS, debut_at__gte=at, seance=None, is_surbooking=False)
    return find_orphelins(coming.select_related("motif", "lieu", "usager", "service"))


def list_tenus(ressources: Collection[int], *, at: datetime) -> list[RendezVous]:
    """Return the appointments to come of these resources that a range holds: before a change, to compare after."""
    coming = RendezVous.objects.live().filter(
        debut_at__gte=at, seance=None, occupations__ressource_id__in=ressources, occupations__is_actif=True
    )
    held = list(coming.select_related("motif", "lieu", "usager", "service").distinct())
    lost = {rdv.pk for rdv in find_orphelins(held)}
    return [rdv for rdv in held if rdv.pk not in lost]


def find_orphelins(rendezvous: Iterable[RendezVous]) -> list[RendezVous]:
    """Return those that no range holds now, soonest first (two queries)."""
    rows = list(rendezvous)
    if not rows:
        return []
    held_by = _read_ressources(rows)
    covers = _read_covers(rows, {pk for pks in held_by.values() for pk in pks})
    lost = [rdv for rdv in rows if not _is_held(rdv, held_by[rdv.pk], covers)]
    return sorted(lost, key=lambda rdv: (rdv.debut_at, rdv.pk))


def _is_held(rdv: RendezVous, ressources: Collection[int], covers: Mapping[Clef, list[Troncon]]) -> bool:
    return all(
        any(low <= rdv.debut_at and rdv.fin_at <= high for low, high in covers[ressource, rdv.lieu_id, rdv.motif_id])
        for ressource in ressources
    )


def _read_ressources(rows: Collection[RendezVous]) -> Mapping[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    taken = Occupation.objects.filter(rendezvous_id__in=[rdv.pk for rdv in rows], is_actif=True)
    for rdv_id, ressource_id in taken.values_list("rendezvous_id", "ressource_id"):
        found[rdv_id].add(ressource_id)
    return found


def _read_covers(rows: Collection[RendezVous], ressources: Collection[int]) -> Mapping[Clef, list[Troncon]]:
    occurrences = OccurrencePlage.objects.filter(
        ressource_id__in=ressources, lieu__is_active=True, fin_at__gt=min(rdv.debut_at for rdv in rows),
        debut_at__lt=max(rdv.fin_at for rdv in rows), plage__liens_motifs__motif_id__in={rdv.motif_id for rdv in rows},
    )  # fmt: skip
    covers: dict[Clef, list[Troncon]] = defaultdict(list)
    columns = ("ressource_id", "lieu_id", "plage__liens_motifs__motif_id", "debut_at", "fin_at")
    for *key, start, end in occurrences.order_by("debut_at", "fin_at").values_list(*columns):
        _merge(covers[key[0], key[1], key[2]], start, end)
    return covers


def _merge(covers: list[Troncon], start: datetime, end: datetime) -> None:
    """Add a stretch, given in order of start, to those that it touches or overlaps."""
    if covers and start <= covers[-1][1]:
        covers[-1] = (covers[-1][0], max(covers[-1][1], end))
    else:
        covers.append((start, end))
