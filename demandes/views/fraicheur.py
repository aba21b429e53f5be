"""Did this demande move since the page was drawn? The live screen asks; what is being typed is never touched."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.models import Demande
from demandes.views.acces import get_demande


def stamp(demande: Demande) -> str:
    """Return what changes whenever the page would: the version and the instant of the last exchange."""
    return f"{demande.version}-{demande.last_message_at.timestamp():.0f}"


@requires(Permission.DEMANDE_LIRE)
@require_GET
def fraicheur(request: RequeteAgent, pk: int) -> HttpResponse:
    """Answer the banner again: empty while `vu` is still true, else an invitation to reload. Not a reading."""
    demande, seen = get_demande(request, pk), request.GET.get("vu", "")
    context = {"demande": demande, "vu": seen, "a_change": seen != stamp(demande)}
    return render(request, "demandes/_fraicheur.html", context)
