"""The 360° page: one usager, whatever the channel."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from citoyens.contacts import Contact
from citoyens.fiche import build_fiche
from citoyens.lecture import is_fragment, is_prefetch, record_view
from citoyens.models import Usager
from citoyens.rapprochement import likely_duplicates
from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission


@requires(Permission.USAGER_LIRE)
@require_safe
def fiche(request: RequeteAgent, pk: int) -> HttpResponse:
    """Show the usager; `?fil=` filters the timeline, `?avant=` goes back in time. Writes that it was read."""
    if is_prefetch(request):
        return HttpResponse(status=204)
    at = timezone.now()
    usager = get_object_or_404(Usager, pk=pk)
    record_view(request, usager_id=usager.pk, at=at)
    return show(request, usager, at=at)


@requires(Permission.USAGER_LIRE)
@require_safe
def voisins(request: RequeteAgent, pk: int) -> HttpResponse:
    """Fragment asked once the page is there: the records that may be the same person."""
    usager = get_object_or_404(Usager.objects.for_fiche(), pk=pk)
    alike = likely_duplicates(
        nature=usager.nature,
        nom=usager.nom,
        prenoms=usager.prenoms,
        nom_naissance=usager.nom_naissance,
        naissance_on=usager.naissance_on,
        contacts=[Contact(link.point.nature, link.point.valeur) for link in usager.liens_contact.all()],
        sauf=usager.pk,
    )
    return render(request, "citoyens/_voisins.html", {"voisins": [each for each in alike if each.is_ferme]})


def show(
    request: RequeteAgent, usager: Usager, *, at: datetime, status: int = 200, suite: str = "", **refused: Any
) -> HttpResponse:
    """Render the page or its fragment. `refused` maps a form of the page to the one that came back with errors."""
    filtre, avant = request.GET.get("fil", ""), request.GET.get("avant", "")
    built = build_fiche(request.acces, usager, at, filtre=filtre, avant=avant, suite=suite)
    part = ("#lignes" if avant else "#fil") if is_fragment(request) and request.method == "GET" else ""
    template = f"citoyens/_fil.html{part}" if part else "citoyens/fiche.html"
    response = render(request, template, {"fiche": replace(built, **refused), "usager": usager}, status=status)
    if part:
        response["HX-Push-Url"] = "false"  # htmx 2 pushes a boosted link whatever its own attribute says
    return response


def go_back(request: RequeteAgent, usager_id: int) -> HttpResponse:
    """Return where the form was: this page, or the desk that shows the same columns."""
    slug = request.acces.collectivite.slug
    page = reverse("citoyens:fiche", args=[slug, usager_id])
    suite = request.POST.get("suite", "")
    ours = suite.startswith(f"/c/{slug}/") and url_has_allowed_host_and_scheme(suite, allowed_hosts=None)
    return redirect(suite if ours else page)
