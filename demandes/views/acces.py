"""What every view of one demande starts with."""

from django.shortcuts import get_object_or_404
from django.urls import reverse

from collectivites.acces import RequeteAgent
from demandes.models import Demande


def get_demande(request: RequeteAgent, pk: int) -> Demande:
    """Return the demande, or 404: another town's, or sealed to this agent, does not exist for them."""
    return get_object_or_404(Demande.objects.visible_to(request.acces).for_fiche(), pk=pk)


def choose_retour(request: RequeteAgent, demande: Demande) -> str:
    """Return the page of the demande, or the list for whoever has just sent it to a domain they do not read."""
    slug = request.acces.collectivite.slug
    if demande.domaine not in request.acces.domaines:
        return reverse("demandes:liste", args=[slug])
    return reverse("demandes:fiche", args=[slug, demande.pk])


def read_version(request: RequeteAgent, demande: Demande) -> int:
    """Return the version of the page the agent was looking at; the present one when the form carries none."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else demande.version
