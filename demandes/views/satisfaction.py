"""The page « Satisfaction » of supervisors: figures when there are enough of them, and the last words."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.concours.mesure import EFFECTIF_MIN, list_commentaires, measure

JOURS = 90


@requires(Permission.JOURNAL_LIRE)
@require_GET
def satisfaction(request: RequeteAgent) -> HttpResponse:
    """Show the last three months; words only to whoever reads demandes."""
    depuis = timezone.now() - timedelta(days=JOURS)
    may_read = request.acces.can(Permission.DEMANDE_LIRE)
    context = {
        "mesure": measure(depuis=depuis), "jours": JOURS, "effectif": EFFECTIF_MIN,
        "commentaires": list_commentaires(request.acces, depuis=depuis) if may_read else [], "peut_lire": may_read,
    }  # fmt: skip
    return render(request, "demandes/satisfaction.html", context)
