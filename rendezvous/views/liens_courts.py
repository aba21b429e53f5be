"""Where the short addresses of SMS lead. They open nothing by themselves: the page behind reads the token."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from collectivites.acces import RequeteUsager, public


@public
@never_cache
@require_safe
def gerer(request: RequeteUsager, jeton: str) -> HttpResponse:
    """To the appointment."""
    return redirect("rdv:gerer", request.collectivite.slug, jeton)


@public
@never_cache
@require_safe
def deplacer(request: RequeteUsager, jeton: str) -> HttpResponse:
    """To the free slots."""
    return redirect("rdv:deplacer", request.collectivite.slug, jeton)


@public
@never_cache
@require_safe
def attente(request: RequeteUsager, jeton: str) -> HttpResponse:
    """To the slot that came free."""
    return redirect("rdv:attente", request.collectivite.slug, jeton)
