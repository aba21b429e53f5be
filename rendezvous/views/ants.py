"""The three endpoints that the national search calls, as it calls them. Its token opens them, nothing else does.

`GET /ants/getManagedMeetingPoints`, `/ants/availableTimeSlots`, `/ants/searchApplicationIds`.
"""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_GET

from collectivites.acces import public
from rendezvous.agenda.filtres import read_jour
from rendezvous.ants.offre import RAISONS, Question, list_libres, list_points
from rendezvous.creneaux.modele import JOURS_MAX
from socle.nombres import read_nombre

EN_TETE = "X-HUB-RDV-AUTH-TOKEN"
LIEUX_MAX, DOCUMENTS_MAX = 100, 12


class QuestionIllisible(ValueError):
    """A parameter is missing or makes no sense."""


def hub(view: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Declare an endpoint of the search: 404 when the operator gave no token, 401 for another one."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.ANTS_HUB_JETON:
            return _refuse(404, "Cette installation n'est pas reliée à France Titres.")
        if not constant_time_compare(request.headers.get(EN_TETE, ""), settings.ANTS_HUB_JETON):
            return _refuse(401, "Jeton absent ou faux.")
        try:
            return view(request)
        except QuestionIllisible as error:
            return _refuse(400, str(error))

    return public(require_GET(guarded))


@hub
def points(request: HttpRequest) -> HttpResponse:
    """Where identity documents can be asked for."""
    return JsonResponse(list_points(), safe=False)


@hub
def libres(request: HttpRequest) -> HttpResponse:
    """Free slots of several lieux."""
    return JsonResponse(list_libres(read_question(request), at=timezone.now()))


@hub
def predemandes(request: HttpRequest) -> HttpResponse:
    """Appointments of these numbers: empty lists, as practised (the coordination already knows them from us)."""
    asked = request.GET.getlist("application_ids")
    return JsonResponse({numero[:20]: [] for numero in asked[:LIEUX_MAX]})


def read_question(request: HttpRequest) -> Question:
    """Read the search: repeated keys without brackets, dates both included. Raises QuestionIllisible."""
    found = request.GET
    lieux = [number for each in found.getlist("meeting_point_ids") if (number := read_nombre(each)) is not None]
    raison, documents = found.get("reason", ""), found.get("documents_number", "1")
    if raison not in RAISONS:
        raise QuestionIllisible("reason: CNI, PASSPORT ou CNI-PASSPORT.")
    nombre = read_nombre(documents, maximum=DOCUMENTS_MAX)
    if not nombre:
        raise QuestionIllisible(f"documents_number: de 1 à {DOCUMENTS_MAX}.")
    du, au = _read_day(found.get("start_date", ""), "start_date"), _read_day(found.get("end_date", ""), "end_date")
    if du > au or (au - du).days >= JOURS_MAX:
        raise QuestionIllisible(f"start_date, end_date: dans l'ordre, {JOURS_MAX} jours au plus.")
    if len(lieux) > LIEUX_MAX:
        raise QuestionIllisible(f"meeting_point_ids: {LIEUX_MAX} au plus.")
    return Question(lieux, raison, nombre, du, au)


def _read_day(text: str, nom: str) -> date:
    day = read_jour(text)
    if day is None:
        raise QuestionIllisible(f"{nom}: une date AAAA-MM-JJ.")
    return day


def _refuse(statut: int, detail: str) -> JsonResponse:
    return JsonResponse({"error": detail}, status=statut)
