"""The desk: one page for whoever comes."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accueil.bureau import build_poste
from citoyens.lecture import record_view
from citoyens.models import Usager
from collectivites.acces import RequeteAgent, membre
from collectivites.permissions import Permission


@membre
@require_GET
def bureau(request: RequeteAgent) -> HttpResponse:
    """Show the person asked for with `?usager=ID` (a reading, written in the journal), else my work of the day."""
    at = timezone.now()
    usager = _find_usager(request)
    if usager is not None:
        record_view(request, usager_id=usager.pk, at=at, motif="Accueil")
    return render(request, "accueil/bureau.html", build_poste(request, usager, at=at))


def _find_usager(request: RequeteAgent) -> Usager | None:
    """Return the person, None when none is asked for. Raises PermissionDenied, Http404."""
    asked = request.GET.get("usager", "")
    if not asked:
        return None
    if not request.acces.can(Permission.USAGER_LIRE):
        raise PermissionDenied
    pk = int(asked) if asked.isdecimal() and len(asked) < 19 else 0
    return get_object_or_404(Usager.objects.for_fiche(), pk=pk)
