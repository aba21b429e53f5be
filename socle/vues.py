"""Views without business: the gallery of components."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from socle.galerie import build_context


def composants(request: HttpRequest) -> HttpResponse:
    """Show every component; `?densite=aisee` shows them as citizens get them. Routed only when DEBUG."""
    if "HX-Request" in request.headers:
        return render(request, "socle/composants.html#resultats", {"saisie": request.GET.get("q", "")})
    densite = "aisee" if request.GET.get("densite") == "aisee" else "dense"
    return render(request, "socle/composants.html", build_context(now=timezone.now()) | {"densite": densite})
