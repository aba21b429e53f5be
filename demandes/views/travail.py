"""Tasks, links, followers, from hand to hand."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.fiche import load_journal
from demandes.views.onglets import load_demande, render_onglet


@requires(Permission.DEMANDE_LIRE)
@require_GET
def travail(request: RequeteAgent, pk: int) -> HttpResponse:
    """Show the tab."""
    demande = load_demande(request, pk)
    return render_onglet(
        request, demande, "demandes/onglets/travail.html", onglet="travail", context={"journal": load_journal(demande)}
    )
