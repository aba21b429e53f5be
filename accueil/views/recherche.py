"""The page and the fragment of the one box."""

from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accueil.navigation import find_url
from accueil.recherche import LIMITE_BOITE, LIMITE_PAGE, describe_contact, search_everything
from collectivites.acces import RequeteAgent, membre
from collectivites.permissions import Permission
from demandes.etats import describe_urgence


@membre
@require_GET
def recherche(request: RequeteAgent) -> HttpResponse:
    """Find people and demandes; under the box for htmx, a page of its own else; a number goes straight there."""
    acces, at = request.acces, timezone.now()
    is_box = bool(request.htmx)
    found = search_everything(request.GET.get("q", ""), acces, at=at, limite=LIMITE_BOITE if is_box else LIMITE_PAGE)
    slug = acces.collectivite.slug
    if found.is_numero and not is_box:
        return redirect("demandes:fiche", slug, found.demandes[0].pk)
    context = {
        "resultats": found,
        "bureau_url": reverse("accueil:bureau", args=[slug]),
        "usagers": [
            (usager, describe_contact(usager), usager.age_on(timezone.localdate(at))) for usager in found.usagers
        ],
        "demandes": [(demande, *describe_urgence(demande, now=at)) for demande in found.demandes],
        "creer_url": _creation_url(request, found.saisie),
        "recherche_url": reverse("accueil:recherche", args=[slug]),
    }
    template = "accueil/recherche.html#resultats" if is_box else "accueil/recherche.html"
    return render(request, template, context)


def _creation_url(request: RequeteAgent, saisie: str) -> str:
    """Where to create the person who was not found, the text kept; nothing without the right to."""
    if not request.acces.can(Permission.USAGER_MODIFIER):
        return ""
    url = find_url("citoyens:nouveau", request.acces.collectivite.slug)
    return f"{url}?q={quote(saisie)}" if url else ""
