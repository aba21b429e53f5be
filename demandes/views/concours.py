"""What is asked of others: complements, opinions, transfers."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.views.onglets import load_demande, render_onglet


@requires(Permission.DEMANDE_LIRE)
@require_GET
def concours(request: RequeteAgent, pk: int) -> HttpResponse:
    """Show the tab."""
    demande = load_demande(request, pk)
    return render_onglet(request, demande, "demandes/onglets/concours.html", onglet="concours", context={})
