"""What every view of one demande starts with."""

from uuid import UUID, uuid4

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from collectivites.acces import RequeteAgent
from demandes.models import Demande
from demandes.pieces import read_clef


def get_demande(request: RequeteAgent, pk: int) -> Demande:
    """Return the demande, or 404: another town's, or sealed to this agent, does not exist for them."""
    return get_object_or_404(Demande.objects.visible_to(request.acces).for_fiche(), pk=pk)


def reload_demande(request: RequeteAgent, pk: int) -> Demande:
    """Return the demande as somebody else has just left it, 404 if they have just sealed it."""
    return get_object_or_404(Demande.objects.visible_to(request.acces).for_fiche(), pk=pk)


def get_two(request: RequeteAgent, pk: int, other_pk: int) -> tuple[Demande, Demande]:
    """Return two demandes (one query), or 404 as soon as one of them does not exist for this agent."""
    rows = Demande.objects.visible_to(request.acces).for_fiche().in_bulk([pk, other_pk])
    if not {pk, other_pk} <= rows.keys():
        raise Http404
    return rows[pk], rows[other_pk]


def choose_retour(request: RequeteAgent, demande: Demande) -> str:
    """Return the page of the demande, or the list for whoever has just sent it to a domain they do not read."""
    slug = request.acces.collectivite.slug
    if demande.domaine not in request.acces.domaines:
        return reverse("demandes:liste", args=[slug])
    return reverse("demandes:fiche", args=[slug, demande.pk])


def require_clef(request: HttpRequest) -> UUID:
    """Return the form's key; a form without one can't be recognised twice."""
    return read_clef(request) or uuid4()


def read_version(request: RequeteAgent, demande: Demande) -> int:
    """Return the version of the page the agent was looking at; the present one when the form carries none."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else demande.version
