"""What was filed: answers to the form, documents, place."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.dossier import load_dossier
from demandes.views.onglets import load_demande, render_onglet


@requires(Permission.DEMANDE_LIRE)
@require_GET
def dossier(request: RequeteAgent, pk: int) -> HttpResponse:
    """Show the tab."""
    demande = load_demande(request, pk)
    context = {"dossier": load_dossier(demande)}
    return render_onglet(request, demande, "demandes/onglets/dossier.html", onglet="dossier", context=context)
