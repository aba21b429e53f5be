"""« Simulateur d'échéance »: check a calendar before trusting it. A GET form: nothing is written."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from collectivites.acces import RequeteAgent, requires
from collectivites.calendrier import AucunJourOuvre
from collectivites.feries import compute_feries
from collectivites.minutes import Ouverture
from collectivites.models import Collectivite
from collectivites.models.organisation import Horaire
from collectivites.ouvertures import read_ouverture
from collectivites.permissions import Permission
from collectivites.plages import show_plages
from demandes.delais.calcul import FIN, Promesse, tell_instant, tell_jour
from demandes.delais.cas import Cas, Regime, compute_cas
from demandes.forms_simulateur import SUSPENSIONS, FormulaireSimulateur, Suspensions

FORMSET = {"s-TOTAL_FORMS": str(SUSPENSIONS), "s-INITIAL_FORMS": "0"}


@dataclass(frozen=True)
class Simulation:
    """What was computed: the deadline, or why there is none; and the calendar it was computed on."""

    promesse: Promesse | None
    refus: str
    fuseau: str
    zone: str
    semaine: list[tuple[str, str]]
    jours_fermes: list[tuple[date, str]]
    quand: str = ""


@requires(Permission.REGLAGE_MODIFIER)
@require_GET
def simulateur(request: RequeteAgent) -> HttpResponse:
    """Show the form, and the deadline of the case it holds."""
    is_asked = "regime" in request.GET
    start = timezone.localtime()
    form = FormulaireSimulateur(request.GET if is_asked else None, initial={"recue": f"{start:%Y-%m-%dT%H:%M}"})
    stops = Suspensions(_complete(request.GET) if is_asked else None, prefix="s")
    simulation = None
    if is_asked and form.is_valid() and stops.is_valid():
        simulation = _simulate(request.acces.collectivite, form.cleaned_data, stops)
    status = 422 if is_asked and simulation is None else 200
    context = {"form": form, "suspensions": stops, "simulation": simulation}
    return render(request, "demandes/simulateur.html", context, status=status)


def _complete(typed: QueryDict) -> QueryDict:
    """The number of rows is ours to say, whatever the address says."""
    data = typed.copy()
    data.update(FORMSET)
    return data


def _simulate(town: Collectivite, data: dict[str, Any], stops: Any) -> Simulation:
    first = min(data["recue"], data["competente"] or data["recue"]).date()
    place = read_ouverture(town, depuis=first - timedelta(days=1), lieu=data["lieu"])
    cas = Cas(
        regime=Regime(data["regime"]), debut=data["recue"].replace(tzinfo=place.local), duree=data["duree"],
        ouverture=place, arrets=tuple(arret for stop in stops if (arret := stop.read_arret(place.local))),
        competente_at=data["competente"].replace(tzinfo=place.local) if data["competente"] else None,
    )  # fmt: skip
    promesse, refus = None, ""
    try:
        promesse = compute_cas(cas)
    except (AucunJourOuvre, OverflowError) as error:
        refus = str(error) if isinstance(error, AucunJourOuvre) else "L'échéance tombe trop loin pour être calculée."
    return Simulation(
        promesse, refus, place.fuseau, _name_zone(place.zone), _describe_week(place), _list_closed(place, first),
        quand=_tell(promesse, place),
    )  # fmt: skip


def _tell(promesse: Promesse | None, place: Ouverture) -> str:
    if promesse is None or promesse.at is None:
        return ""
    clock = promesse.at.astimezone(place.local)
    return f"{tell_jour(clock)}, fin de journée" if clock.time() == FIN else tell_instant(clock, place.local)


def _name_zone(zone: str | None) -> str:
    return Collectivite.ZoneFeries(zone).label if zone else "aucun jour férié"


def _describe_week(place: Ouverture) -> list[tuple[str, str]]:
    return [(label, show_plages(place.plages.get(jour, ())) or "fermé") for jour, label in Horaire.Jour.choices]


def _list_closed(place: Ouverture, first: date) -> list[tuple[date, str]]:
    """The public holidays and the closures of the three months that follow, as the calendar knows them."""
    last = first + timedelta(days=92)
    feries: dict[date, str] = {}
    for year in {first.year, last.year}:
        feries |= compute_feries(year, place.zone) if place.zone else {}
    days = dict.fromkeys(place.fermetures, "fermeture") | feries
    return sorted((day, why) for day, why in days.items() if first <= day <= last)
