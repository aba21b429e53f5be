"""`/api/v1/`: the routes of each floor, the OpenAPI schema, and problems for what is not there."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.defaults import server_error
from drf_spectacular.generators import SchemaGenerator

from collectivites.acces import public
from socle.problemes import PHRASES, TYPE_MIME, build_problem
from socle.refus import TROP, illisible

RACINE = "/api/"


@public
def schema(request: HttpRequest) -> JsonResponse:
    """The OpenAPI 3 document. Public: it holds no data, and integrators read it before they have a key."""
    return JsonResponse(build_schema(), content_type="application/vnd.oai.openapi+json")


@cache
def build_schema() -> dict[str, Any]:
    """Generate it once a process."""
    found: dict[str, Any] = SchemaGenerator(api_version="v1").get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return found


@public
@csrf_exempt
def introuvable(request: HttpRequest) -> JsonResponse:
    """No endpoint there: a program reads a problem, not a page."""
    return _problem(404, "introuvable", PHRASES["not_found"])


def erreur_interne(request: HttpRequest) -> HttpResponse:
    """`handler500`: a page for people, a problem for programs."""
    if not request.path.startswith(RACINE):
        return server_error(request)
    return _problem(500, "erreur-interne", "Une erreur interne est survenue\u00a0; elle est enregistrée.")


def requete_illisible(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler400`: a page for people, a problem for programs."""
    if not request.path.startswith(RACINE):
        return illisible(request, exception)
    too_long = isinstance(exception, TROP)
    return _problem(
        413 if too_long else 400, "trop-lourd" if too_long else "illisible", "La requête ne peut pas être lue."
    )


def _problem(status: int, code: str, detail: str) -> JsonResponse:
    return JsonResponse(build_problem(status, code, detail), status=status, content_type=TYPE_MIME)


app_name = "api"
urlpatterns = [
    path("", include("citoyens.api.urls")),
    path("", include("demandes.api.urls")),
    path("", include("rendezvous.api.urls")),
    path("schema/", schema, name="schema"),
    re_path("", introuvable, name="introuvable"),
]
