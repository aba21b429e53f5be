"""Collective sessions that still have seats: laid by hand on a day and an hour, no grid nor holiday applies."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from rendezvous.creneaux.lecture import JoursFermes, LieuLu, PlageLue
from rendezvous.creneaux.modele import Creneau, Criteres
from rendezvous.heures import get_day
from rendezvous.models import Motif, OccurrenceIndisponible, Seance


def list_seances(motifs: Sequence[Motif], criteres: Criteres) -> dict[int, list[Creneau]]:
    """Return {motif id: sessions with enough seats}, sorted by start, lieu, resource (two queries)."""
    found: dict[int, list[Creneau]] = defaultdict(list, {motif.pk: [] for motif in motifs})
    delais = {motif.pk: motif for motif in motifs}
    rows = list(_list_rows(list(delais), criteres))
    closed = JoursFermes.read(criteres) if rows else JoursFermes()
    for pk, motif, lieu, fuseau, ressource, agent, jour, debut, fin, left in rows:
        who = PlageLue(0, ressource, agent, LieuLu(lieu, fuseau, "", frozenset()))
        if not closed.covers(who, jour) and _is_in_time(delais[motif], who, debut, criteres):
            found[motif].append(Creneau(debut, fin, lieu, ressource, 1, motif, pk, left))
    return dict(found)


def _list_rows(motifs: list[int], criteres: Criteres) -> Any:
    start, end = criteres.bornes
    rows = Seance.objects.filter(
        Q(ressource__guichet__isnull=True) | Q(ressource__guichet__is_active=True),
        motif_id__in=motifs, motif__is_active=True, motif__service__is_active=True, lieu__is_active=True,
        ressource__is_active=True, is_annulee=False, jour__range=(criteres.du, criteres.au),
        debut_at__range=(start, end), debut_at__gte=criteres.at, inscrits__lte=F("places") - criteres.personnes,
    ).exclude(Exists(_list_indisponibles()))  # fmt: skip
    if criteres.lieux is not None:
        rows = rows.filter(lieu_id__in=criteres.lieux)
    if criteres.ressources is not None:
        rows = rows.filter(ressource_id__in=criteres.ressources)
    return rows.order_by("debut_at", "lieu_id", "ressource_id", "pk").values_list(
        "pk", "motif_id", "lieu_id", "lieu__fuseau", "ressource_id", "ressource__agent_id", "jour", "debut_at",
        "fin_at", F("places") - F("inscrits"),
    )  # fmt: skip


def _list_indisponibles() -> Any:
    """Meetings and works; not external calendars, where the session itself may have been copied."""
    return OccurrenceIndisponible.objects.filter(
        Q(ressource=OuterRef("ressource_id")) | Q(ressource__isnull=True),
        Q(lieu=OuterRef("lieu_id")) | Q(lieu__isnull=True),
        agenda__isnull=True, debut_at__lt=OuterRef("fin_at"), fin_at__gt=OuterRef("debut_at"),
    )  # fmt: skip


def _is_in_time(motif: Motif, who: PlageLue, debut: Any, criteres: Criteres) -> bool:
    if criteres.pour_agent:
        return True
    day, today = (get_day(each, who.lieu.fuseau) for each in (debut, criteres.at))
    earliest = criteres.at + timedelta(minutes=motif.delai_min_minutes)
    return bool(debut >= earliest and day <= today + timedelta(days=motif.delai_max_jours))
