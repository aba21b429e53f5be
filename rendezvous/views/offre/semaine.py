"""The week of the offer: seven days, one row a resource, the hours each receives."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from collectivites.feries import compute_feries
from collectivites.models import Collectivite
from rendezvous.forms_offre_champs import show_blocs
from rendezvous.heures import get_minute
from rendezvous.models import OccurrencePlage, PlageOuverture
from rendezvous.offre.fermetures import Fermetures, find_raison


@dataclass
class Case:
    """One resource on one day: its ranges in the order of hours.."""

    jour: date
    plages: list[dict[str, Any]] = field(default_factory=list)


def get_monday(asked: str, today: date) -> date:
    """Return the Monday of the week asked for (« 2026-11-23 »), else of the week at work: a Sunday looks ahead."""
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        day = today + timedelta(days=1)
    if not date(2000, 1, 10) <= day <= date(9990, 1, 1):
        day = today
    return day - timedelta(days=day.weekday())


def list_jours(lundi: date, collectivite: Collectivite) -> list[tuple[date, str]]:
    """Return the seven days, each with the name of its public holiday or an empty text."""
    days = [lundi + timedelta(days=gap) for gap in range(7)]
    return [(day, compute_feries(day.year, collectivite.zone_feries).get(day, "")) for day in days]


def build_semaine(
    plages: Sequence[PlageOuverture], *, lundi: date, collectivite: Collectivite
) -> dict[int, list[Case]]:  # fmt: skip
    """Return the seven cells of each resource (two queries). `ressource` and `lieu` of each range must be loaded."""
    by_pk = {each.pk: each for each in plages}
    found = OccurrencePlage.objects.filter(
        plage_id__in=by_pk, jour__range=(lundi, lundi + timedelta(days=6))
    ).order_by("debut_at", "plage_id")
    weeks: dict[int, list[Case]] = {
        each.ressource_id: [Case(lundi + timedelta(days=gap)) for gap in range(7)] for each in plages
    }
    closures = Fermetures.read(lundi, lundi + timedelta(days=6))
    for row in found:
        plage = by_pk[row.plage_id]
        closed = is_closed(plage, row.jour, collectivite, closures)
        _add(weeks[row.ressource_id][(row.jour - lundi).days], plage, row, closed)
    return weeks


def _add(case: Case, plage: PlageOuverture, row: OccurrencePlage, ferme: str) -> None:
    zone = plage.lieu.fuseau
    bloc = (get_minute(row.debut_at, zone), get_minute(row.fin_at, zone) or 1440)
    known = next((each for each in case.plages if each["plage"] is plage), None)
    if known is None:
        known = {"plage": plage, "blocs": [], "ferme": ferme}
        case.plages.append(known)
    known["blocs"].append(bloc)
    known["heures"] = show_blocs(known["blocs"])
    known["heures_listees"] = [show_blocs([each]) for each in known["blocs"]]


def is_closed(plage: PlageOuverture, jour: date, collectivite: Collectivite, fermetures: Fermetures) -> str:
    """Return the public holiday or the closure that closes this range that day, or an empty text."""
    return find_raison(
        plage.lieu, jour, fermetures, zone_ville=collectivite.zone_feries, is_travaille=plage.is_ferie_travaille
    )
