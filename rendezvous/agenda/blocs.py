"""The blocks of an agenda: appointments the agent may read, sessions, and taken time about which nothing is said."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from collectivites.acces import Acces
from collectivites.models import Lieu
from rendezvous.agenda.fonds import MARGE, Case, clip
from rendezvous.etats import Etat
from rendezvous.heures import MINUTES_JOUR, to_instant, to_local
from rendezvous.models import Occupation, RendezVous, Ressource, Seance

# What is known of an occupation before one knows whether its appointment may be read.
_CHAMPS = (
    "pk", "ressource_id", "debut_at", "fin_at", "is_surbooking", "rendezvous_id", "seance_id",
    "rendezvous__debut_at", "rendezvous__fin_at", "rendezvous__jour", "rendezvous__lieu_id",
    "seance__debut_at", "seance__fin_at", "seance__jour", "seance__lieu_id",
)  # fmt: skip


@dataclass(frozen=True)
class Bloc:
    """One stretch of taken time, in minutes of the local day of its lieu; `libre_a`: the end with the buffer.

    `rendezvous` and `seance` are both None for what this agent may not read: « Occupé », and nothing else.
    """

    debut: int
    fin: int
    libre_a: int
    ressource_id: int
    debut_at: datetime
    is_surbooking: bool = False
    rendezvous: RendezVous | None = None
    seance: Seance | None = None

    @property
    def is_option(self) -> bool:
        """True for a slot held while somebody fills a form."""
        return self.rendezvous is not None and self.rendezvous.etat == Etat.OPTION

    def get_retard(self, now: datetime) -> int:
        """Return by how many minutes the usager is late; 0 when they are not."""
        if self.rendezvous is None or self.rendezvous.etat != Etat.CONFIRME:
            return 0
        return max(0, int((now - self.debut_at) / timedelta(minutes=1)))


def load_blocs(
    ressources: Iterable[Ressource], acces: Acces, *, du: date, au: date, lieux: dict[int, Lieu], at: datetime
) -> dict[Case, list[Bloc]]:
    """Return the blocks by resource and local day (two queries, three with sessions); a sealed row is never loaded."""
    known = [each.pk for each in ressources]
    rows = _read_occupations(known, du, au, at)
    readable = RendezVous.objects.visible_to(acces).select_related("motif", "usager")
    appointments = readable.in_bulk([row["rendezvous_id"] for row in rows if row["rendezvous_id"]])
    sessions = _load_seances([row["seance_id"] for row in rows if row["seance_id"]], acces)
    found: dict[Case, list[Bloc]] = defaultdict(list)
    for row in rows:
        kind = "rendezvous" if row["rendezvous_id"] else "seance"
        day, lieu = row[f"{kind}__jour"], lieux[row[f"{kind}__lieu_id"]]
        if du <= day <= au:
            bloc = _build(row, kind, day, lieu.fuseau, appointments, sessions)
            found[row["ressource_id"], day].append(bloc)
    return found


def _read_occupations(known: list[int], du: date, au: date, at: datetime) -> list[dict[str, Any]]:
    rows = Occupation.objects.filter(
        Q(expire_at__isnull=True) | Q(expire_at__gt=at),
        ressource_id__in=known, is_actif=True,
        fin_at__gt=to_instant(du, 0, "UTC") - MARGE, debut_at__lt=to_instant(au, 0, "UTC") + 2 * MARGE,
    )  # fmt: skip
    return list(rows.order_by("debut_at", "place", "pk").values(*_CHAMPS))


def _load_seances(ids: list[int], acces: Acces) -> dict[int, Seance]:
    if not ids:
        return {}
    readable = Seance.objects.filter(motif__service__domaine__in=acces.domaines).select_related("motif")
    return readable.in_bulk(ids)


def _build(
    row: dict[str, Any], kind: str, day: date, zone: str,
    appointments: dict[int, RendezVous], sessions: dict[int, Seance],
) -> Bloc:  # fmt: skip
    start, end = row[f"{kind}__debut_at"], row[f"{kind}__fin_at"]
    minutes = clip(start, end, day, zone)
    free = minutes[1] + max(0, int((row["fin_at"] - end) / timedelta(minutes=1)))
    return Bloc(
        *minutes, min(free, MINUTES_JOUR), row["ressource_id"], start, row["is_surbooking"],
        appointments.get(row["rendezvous_id"]), sessions.get(row["seance_id"]),
    )  # fmt: skip


def write_local(instant: datetime, zone: str) -> datetime:
    """Return the wall clock of the lieu as a plain date and hour: the filters of dates must not move it again."""
    return to_local(instant, zone).replace(tzinfo=None)
