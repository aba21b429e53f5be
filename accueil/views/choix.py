"""`/`: from sign-in to the right town, and the colours of that town."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import condition, require_GET

from collectivites.acces import RequeteUsager, connecte, public
from collectivites.models import Rattachement

DUREE_THEME = 3600  # seconds a browser keeps the accent of a town


@connecte
@require_GET
def choix(request: HttpRequest) -> HttpResponse:
    """Send the agent of one town to its desk; let the agent of several choose; say it when there is none."""
    mine = list(
        Rattachement.objects.select_related("collectivite")
        .filter(agent_id=request.user.pk or 0, is_active=True, collectivite__is_active=True)
        .order_by("collectivite__nom", "pk")
    )
    if len(mine) == 1:
        return redirect("accueil:bureau", mine[0].collectivite.slug)
    return render(request, "accueil/choix.html", {"rattachements": mine})


def _sheet(request: RequeteUsager) -> str:
    return f":root{{--accent:{request.collectivite.accent}}}\n"


def _etag(request: RequeteUsager) -> str:
    return f'"{hashlib.sha256(_sheet(request).encode()).hexdigest()[:16]}"'


@public
@require_GET
@condition(etag_func=_etag)
def theme(request: RequeteUsager) -> HttpResponse:
    """Give the town's one colour as a style sheet: the page itself holds no inline style."""
    response = HttpResponse(_sheet(request), content_type="text/css; charset=utf-8")
    patch_cache_control(response, public=True, max_age=DUREE_THEME)
    return response
