"""How full the opened time is: minutes booked out of minutes open."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F, Q, Sum

from collectivites.acces import Acces
from collectivites.feries import compute_feries
from collectivites.models import Fermeture, Lieu
from demandes.models import Absence
from rendezvous.agenda.statistiques import Periode, share
from rendezvous.models import Occupation, OccurrencePlage, PlageMotif

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Remplissage:
    """Minutes opened to the public and minutes booked, by lieu; buffers count as booked."""

    lieu: str
    ouvert: int
    pris: int

    @property
    def taux(self) -> int | None:
        """Percent."""
        return share(min(self.pris, self.ouvert), self.ouvert)

    @property
    def heures_ouvertes(self) -> int:
        """Whole hours."""
        return round(self.ouvert / 60)

    @property
    def heures_prises(self) -> int:
        """Whole hours."""
        return round(self.pris / 60)


def load_remplissage(periode: Periode, acces: Acces) -> list[Remplissage]:
    """Return one line a lieu (five queries): open time without the days when nobody receives."""
    lieux = Lieu.objects.in_bulk()
    opened, taken = _sum_ouvert(periode, acces, lieux), _sum_pris(periode)
    rows = [Remplissage(lieux[pk].nom, opened[pk], taken.get(pk, 0)) for pk in opened if opened[pk]]
    return sorted(rows, key=lambda row: row.lieu)


def _sum_ouvert(periode: Periode, acces: Acces, lieux: dict[int, Lieu]) -> dict[int, int]:
    rows = OccurrencePlage.objects.filter(jour__range=(periode.du, periode.au))
    if periode.lieu_id:
        rows = rows.filter(lieu_id=periode.lieu_id)
    if periode.service_id:
        links = PlageMotif.objects.filter(motif__service_id=periode.service_id)
        rows = rows.filter(plage_id__in=links.values("plage_id"))
    length = ExpressionWrapper((F("fin_at") - F("debut_at")) * F("capacite"), output_field=DurationField())
    shut = _Repos(periode, acces, lieux)
    found: dict[int, int] = defaultdict(int)
    groups = rows.values("lieu_id", "jour", "ressource__agent_id", "is_ferie_travaille").annotate(duree=Sum(length))
    for row in groups.order_by():
        if not shut.holds(row):
            found[row["lieu_id"]] += int(row["duree"] / MINUTE)
    return found


class _Repos:
    """Days when nobody receives: closures, public holidays, leave of an agent."""

    def __init__(self, periode: Periode, acces: Acces, lieux: dict[int, Lieu]) -> None:
        window = {"debut_on__lte": periode.au, "fin_on__gte": periode.du}
        self.lieux, self.zone = lieux, acces.collectivite.zone_feries
        self.fermetures = list(Fermeture.objects.filter(**window))
        self.absences = list(Absence.objects.filter(**window))

    def holds(self, row: Mapping[str, Any]) -> bool:
        day: date = row["jour"]
        lieu = self.lieux[row["lieu_id"]]
        name = compute_feries(day.year, lieu.zone_feries or self.zone).get(day, "")
        if name and name not in lieu.feries_ouverts and not row["is_ferie_travaille"]:
            return True
        if any(each.debut_on <= day <= each.fin_on and each.lieu_id in {None, lieu.pk} for each in self.fermetures):
            return True
        agent = row["ressource__agent_id"]
        return any(each.agent_id == agent and each.debut_on <= day <= each.fin_on for each in self.absences)


def _sum_pris(periode: Periode) -> dict[int, int]:
    length = ExpressionWrapper(F("fin_at") - F("debut_at"), output_field=DurationField())
    found: dict[int, int] = defaultdict(int)
    for kind in ("rendezvous", "seance"):
        inside = Q(**{f"{kind}__jour__range": (periode.du, periode.au)}, is_actif=True, is_surbooking=False)
        if periode.service_id:
            service = "seance__motif__service_id" if kind == "seance" else "rendezvous__service_id"
            inside &= Q(**{service: periode.service_id})
        rows = Occupation.objects.filter(inside).values(lieu=F(f"{kind}__lieu_id")).annotate(duree=Sum(length))
        for row in rows.order_by():
            found[row["lieu"]] += int(row["duree"] / MINUTE)
    return found
