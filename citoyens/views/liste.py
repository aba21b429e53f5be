"""Search among the usagers; what this agent read last."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from citoyens.lecture import is_fragment
from citoyens.models import Usager
from citoyens.recherche import load_in_order, search_usagers
from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from journal.models import Consultation

LIMITE = 25
RECENTS = 8
LECTURES_RELUES = 60  # readings looked at to find the last usagers, one may have been read ten times
MINIMUM = 2


@requires(Permission.USAGER_LIRE)
@require_safe
def liste(request: RequeteAgent) -> HttpResponse:
    """Find usagers by `q`; « Créer » comes under the results, never before."""
    typed = " ".join(request.GET.get("q", "").split())[:200]
    enough = sum(c.isalnum() for c in typed) >= MINIMUM
    found = search_usagers(typed, limite=LIMITE) if enough else []
    context = {
        "saisie": typed,
        "is_cherche": enough,
        "lignes": _describe(found),
        "recents": [] if enough else _describe(_list_recent(request.acces.agent.pk)),
        "can_creer": request.acces.can(Permission.USAGER_MODIFIER),
        "is_limite": len(found) == LIMITE,
        "limite": LIMITE,
    }
    template = "citoyens/liste.html#resultats" if is_fragment(request) else "citoyens/liste.html"
    return render(request, template, context)


def _describe(usagers: list[Usager]) -> list[tuple[Usager, int | None, list[str]]]:
    """Each usager with the age, and what tells two namesakes apart (contacts are loaded)."""
    today = timezone.localdate()
    return [(usager, usager.age_on(today), show_contacts(usager)) for usager in usagers]


def show_contacts(usager: Usager) -> list[str]:
    """Contacts as people write them, preferred first."""
    return [link.point.shown for link in usager.liens_contact.all()]


def _list_recent(agent_id: int) -> list[Usager]:
    mine = Consultation.objects.filter(agent_id=agent_id, vue=Consultation.Vue.PROFIL, usager_id__isnull=False)
    ids = mine.order_by("-at").values_list("usager_id", flat=True)[:LECTURES_RELUES]
    return load_in_order([pk for pk in dict.fromkeys(ids) if pk is not None][:RECENTS])
