"""Errors of the API: problem details (RFC 9457), in French, each with a stable code."""

from collections.abc import Iterator
from typing import Any

from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

TYPE_MIME = "application/problem+json"
INVALIDE = 422
TITRES = {
    400: "Requête illisible",
    401: "Clef refusée",
    403: "Portée insuffisante",
    404: "Introuvable",
    405: "Méthode non permise",
    406: "Format non disponible",
    409: "Refusé dans l'état actuel",
    413: "Message trop lourd",
    415: "Format non reconnu",
    422: "Données refusées",
    429: "Trop de requêtes",
    500: "Erreur interne",
    503: "Réponse impossible pour l'instant",
}
# DRF's own codes and sentences, where ours say more.
CODES = {"not_authenticated": "clef-absente", "not_found": "introuvable", "throttled": "debit-depasse"}
PHRASES = {
    "not_authenticated": "Donnez votre clef d'API dans l'en-tête «\u00a0Authorization: Bearer <clef>\u00a0».",
    "not_found": "Rien à cette adresse pour cette clef d'API.",
    "throttled": "Trop de requêtes\u00a0: attendez le nombre de secondes de l'en-tête Retry-After.",
}


def answer_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF exception handler: turn what it knows into a problem; None (a 500) for the rest."""
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, ValidationError):
        problem = build_problem(INVALIDE, "donnees-refusees", "Certaines données ne conviennent pas.")
        problem["erreurs"] = list(_flatten(error.detail))
    else:
        problem = _describe(error, response.status_code)
    headers = {
        name: response.headers[name] for name in ("WWW-Authenticate", "Retry-After", "Allow") if name in response
    }
    return Response(problem, status=problem["status"], headers=headers, content_type=TYPE_MIME)


def build_problem(status: int, code: str, detail: str) -> dict[str, Any]:
    """Return the body of a problem: type, title, status, detail."""
    title = TITRES.get(status, "Erreur")
    return {"type": f"urn:guichet:probleme:{code}", "title": title, "status": status, "detail": detail}


def _describe(error: Exception, status: int) -> dict[str, Any]:
    detail = getattr(error, "detail", "") if isinstance(error, APIException) else ""
    found = str(getattr(detail, "code", "")) or {404: "not_found"}.get(status, "refus")
    return build_problem(status, CODES.get(found, found.replace("_", "-")), PHRASES.get(found) or str(detail))


def _flatten(detail: Any, champ: str = "") -> Iterator[dict[str, str]]:
    """Give one line an error: « contacts.0.valeur » and its sentence."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _flatten(inner, f"{champ}.{name}".lstrip("."))
    elif isinstance(detail, list):
        for rank, inner in enumerate(detail):
            yield from _flatten(inner, f"{champ}.{rank}" if isinstance(inner, dict) else champ)
    else:
        yield {"champ": champ, "message": str(detail)}
