"""Figures of appointments: how long to get one, who comes, how full, what it costs. Aggregates only, no person.

Rates are out of what was to be held and is over: honoured + absent (cancelled ones are told apart). « Median wait » is
the time between taking an appointment and its date; « first slot » is what the offer promised each morning
(ReleveOffre), whatever people then chose.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Aggregate, Avg, Count, DurationField, F, Q, QuerySet
from django.db.models.functions import TruncMonth

from collectivites.acces import Acces
from rendezvous.agenda.filtres import read_jour
from rendezvous.etats import Etat
from rendezvous.models import ReleveOffre, RendezVous
from socle.ecriture import ESPACE, MOIS
from socle.nombres import read_nombre

PERIODE = 90  # days, at first
PERIODE_MAX = 2 * 366  # conservation of appointments
AXES = {"motif": "Motif", "service": "Service", "lieu": "Lieu", "mois": "Mois"}
_NOMS = {"motif": ("motif_id", "motif__libelle"), "service": ("service_id", "service__nom"),
         "lieu": ("lieu_id", "lieu__nom")}  # fmt: skip
JOUR = timedelta(days=1)


class Mediane(Aggregate):
    """PERCENTILE_CONT(0.5): half waited less."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class Periode:
    """What was asked: days of the appointments, both included, one line a `axe`, narrowed to a service or a lieu."""

    du: date
    au: date
    axe: str = "motif"
    service_id: int = 0
    lieu_id: int = 0

    @property
    def restriction(self) -> dict[str, int]:
        """The filter of every read."""
        asked = {"service_id": self.service_id, "lieu_id": self.lieu_id}
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True)
class Ligne:
    """The figures of one motif, service, lieu or month; `delai`, `premier` in days, None when nothing is known."""

    nom: str
    pris: int = 0
    honores: int = 0
    absents: int = 0
    annules_usager: int = 0
    annules_service: int = 0
    surnombre: int = 0
    en_ligne: int = 0
    delai: float | None = None
    premier: float | None = None

    @property
    def part_absents(self) -> int | None:
        """Percent of no-shows among those who were to come."""
        return share(self.absents, self.attendus)

    @property
    def part_honores(self) -> int | None:
        """Percent of those who came."""
        return share(self.honores, self.attendus)

    @property
    def part_annules(self) -> int | None:
        """Percent cancelled, by either side."""
        return share(self.annules, self.pris)

    @property
    def attendus(self) -> int:
        """How many were to come, and either came or not."""
        return self.honores + self.absents

    @property
    def annules(self) -> int:
        """Cancelled by either side."""
        return self.annules_usager + self.annules_service

    @property
    def mots_delai(self) -> str:
        """« 4,5 j », nothing when nothing is known."""
        return write_jours(self.delai)

    @property
    def mots_premier(self) -> str:
        """« 4,5 j », nothing when nothing is known."""
        return write_jours(self.premier)

    @property
    def mots_absents(self) -> str:
        """« 12 % »."""
        return f"{self.part_absents}{ESPACE}%"

    @property
    def mots_annules(self) -> str:
        """« 12 % »."""
        return f"{self.part_annules}{ESPACE}%"


def write_jours(days: float | None) -> str:
    """Return « 4,5 j », « 12 j »; an empty text when nothing is known."""
    if days is None:
        return ""
    shown = f"{days:.1f}" if days < 10 else f"{days:.0f}"
    return f"{shown.removesuffix('.0').replace('.', ',')}{ESPACE}j"


def share(part: float, whole: float) -> int | None:
    """Return a whole percentage, None out of nothing."""
    return round(100 * part / whole) if whole else None


def read_periode(query: Mapping[str, str], *, today: date) -> Periode:
    """Read the address: nonsense is read as the last three months, an endless period as two years."""
    last = read_jour(query.get("au", "")) or today
    first = read_jour(query.get("du", "")) or last - timedelta(days=PERIODE - 1)
    first, last = min(first, last), max(first, last)
    axis = query.get("axe", "")
    return Periode(
        du=max(first, last - timedelta(days=PERIODE_MAX)),
        au=last,
        axe=axis if axis in AXES else "motif",
        service_id=read_nombre(query.get("service", "")) or 0,
        lieu_id=read_nombre(query.get("lieu", "")) or 0,
    )


def filter_periode(periode: Periode, acces: Acces) -> QuerySet[RendezVous]:
    """Return the appointments counted: those the agent may read."""
    rows = RendezVous.objects.visible_to(acces).booked()
    return rows.filter(jour__range=(periode.du, periode.au), **periode.restriction)


def _count(etat: str) -> Count:
    return Count("pk", filter=Q(etat=etat))


def _figures() -> dict[str, Any]:
    """One pass over the rows gives every figure."""
    return {
        "pris": Count("pk"), "honores": _count(Etat.HONORE), "absents": _count(Etat.ABSENT),
        "annules_usager": _count(Etat.ANNULE_USAGER), "annules_service": _count(Etat.ANNULE_SERVICE),
        "surnombre": Count("pk", filter=Q(is_surbooking=True)),
        "en_ligne": Count("pk", filter=Q(canal=RendezVous.Canal.EN_LIGNE)),
        "delai": Mediane(F("debut_at") - F("created_at")),
    }  # fmt: skip


def load_total(periode: Periode, acces: Acces) -> Ligne:
    """Return the figures of the whole period (one query)."""
    row = filter_periode(periode, acces).aggregate(**_figures())
    return _build("Ensemble", row, None)


def load_lignes(periode: Periode, acces: Acces) -> list[Ligne]:
    """Return one line for each value of the axis, the busiest first, months in order (two queries)."""
    rows = filter_periode(periode, acces)
    first = load_premiers(periode, acces)
    if periode.axe == "mois":
        months: Any = rows.annotate(groupe=TruncMonth("jour")).values("groupe").annotate(**_figures())
        return [_build(name_mois(row["groupe"]), row, first.get(row["groupe"])) for row in months.order_by("groupe")]
    key, name = _NOMS[periode.axe]
    groups: Any = rows.values(groupe=F(key), nom=F(name)).annotate(**_figures())
    return [_build(row["nom"], row, first.get(row["groupe"])) for row in groups.order_by("-pris", "nom", "groupe")]


def name_mois(day: date) -> str:
    """Return « novembre 2026 »."""
    return f"{MOIS[day.month - 1]}{ESPACE}{day.year}"


def _build(name: str, row: dict[str, Any], first: float | None) -> Ligne:
    wait = row["delai"] / JOUR if row["delai"] is not None else None
    counted = {key: row[key] for key in _figures() if key != "delai"}
    return Ligne(nom=name, delai=None if wait is None else max(0.0, wait), premier=first, **counted)


def load_premiers(periode: Periode, acces: Acces) -> dict[Any, float]:
    """Return the average days to the first free slot, by value of the axis: mornings without any slot left out."""
    rows = ReleveOffre.objects.filter(
        jour__range=(periode.du, periode.au), delai_jours__isnull=False, motif__service__domaine__in=acces.domaines
    )
    if periode.service_id:
        rows = rows.filter(motif__service_id=periode.service_id)
    if periode.lieu_id:
        rows = rows.filter(lieu_id=periode.lieu_id)
    keys = {
        "motif": F("motif_id"),
        "service": F("motif__service_id"),
        "lieu": F("lieu_id"),
        "mois": TruncMonth("jour"),
    }
    grouped = rows.annotate(groupe=keys[periode.axe]).values("groupe").annotate(moyenne=Avg("delai_jours"))
    return dict(grouped.values_list("groupe", "moyenne"))
