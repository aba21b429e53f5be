"""The door of an endpoint: the scope of each method, then the wall around the function, exactly as for pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponseBase
from rest_framework.decorators import api_view
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from collectivites.acces import public
from collectivites.clefs import AccesClef
from collectivites.cloison import collectivite_active
from collectivites.middleware import run_prologue
from collectivites.permissions import Permission
from socle.traces import contexte_ids


class RequeteClef(Request):
    """A request of the API: its key is valid, and the wall is up."""

    auth: AccesClef


def clef_requise(**portees: Permission) -> Callable[[Callable[..., Response]], Callable[..., HttpResponseBase]]:
    """Declare an endpoint and the scope each method asks: `@clef_requise(GET=Permission.DEMANDE_LIRE)`."""

    def decorate(view: Callable[..., Response]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def behind_the_wall(request: Request, *args: Any, **kwargs: Any) -> Response:
            acces: AccesClef = request.auth  # type: ignore[assignment]  # authentification.py
            _verify_portee(acces, portees["GET" if request.method == "HEAD" else str(request.method)])
            run_prologue(request, view, kwargs)
            token = contexte_ids.set({"collectivite": acces.collectivite.pk, "clef_api": acces.clef.pk})
            try:
                with collectivite_active(acces.collectivite.pk):
                    return view(request, *args, **kwargs)
            finally:
                contexte_ids.reset(token)

        endpoint = public(api_view(list(portees))(behind_the_wall))  # no session: the key is the sign-in
        setattr(endpoint, "acces_declare", "clef")  # noqa: B010 read by the access matrix
        return endpoint

    return decorate


def _verify_portee(acces: AccesClef, portee: Permission) -> None:
    if not acces.can(portee):
        raise PermissionDenied(f"Cette clef n'a pas la portée «\u00a0{portee.value}\u00a0».", "portee-insuffisante")
