"""What the shell of every page of a town needs. Lazy: a fragment that does not draw the shell asks nothing."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accueil.navigation import Reperes, build_menu, load_reperes
from collectivites.cloison import CollectiviteNonDefinie, get_active_id
from collectivites.permissions import Permission

SANS_REPERES = Reperes()
CHERCHENT = {Permission.USAGER_LIRE, Permission.DEMANDE_LIRE}
PORTE_LA_SAISIE = {"accueil:recherche", "accueil:bureau"}  # pages whose `q` is what the one box holds


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give base.html its menu, its search box and the agent's links; nothing outside `/c/<slug>/`."""
    acces = getattr(request, "acces", None)
    if acces is None:
        return {}
    reperes: Any = SimpleLazyObject(lambda: _load(acces))
    match = request.resolver_match
    typed = request.GET.get("q", "") if match and match.view_name in PORTE_LA_SAISIE else ""
    slug = acces.collectivite.slug
    return {
        "navigation": SimpleLazyObject(lambda: build_menu(acces, chemin=request.path, reperes=reperes)),
        "recherche_url": reverse("accueil:recherche", args=[slug]) if acces.permissions & CHERCHENT else "",
        "recherche_valeur": typed,
        "profil_url": reverse("accueil:profil", args=[slug]),
        "changer_url": SimpleLazyObject(lambda: reverse("choix") if reperes.has_autre_ville else ""),
        "cloche": SimpleLazyObject(lambda: reperes.notifications),
        "cloche_url": reverse("demandes:notifications", args=[slug]),
        "raccourcis_actifs": acces.agent.is_raccourcis_actifs,
    }


def _load(acces: Any) -> Reperes:
    """Read the figures; a page of refusal is drawn after the wall has closed, and shows none."""
    try:
        get_active_id()
    except CollectiviteNonDefinie:
        return SANS_REPERES
    return load_reperes(acces, at=timezone.now())
