"""Addresses that leave in messages, absolute. The token in them is the whole right: nothing else is asked.

An SMS carries a short one (`/r/…`, a redirection): the long address alone would take more than half of it.
"""

from django.conf import settings
from django.urls import reverse

from collectivites.cloison import get_active_id
from collectivites.models import Collectivite
from rendezvous.jetons import write_jeton
from rendezvous.models import Participation


def build_lien_gestion(participation: Participation, *, slug: str = "") -> str:
    """Return the page where one sees, moves and cancels (« https://…/usager/aurelle/rendez-vous/gerer/<jeton>/ »).

    `slug` of the active town when it is at hand, which saves a query.
    """
    return build_lien("rdv:gerer", write_jeton(bytes(participation.sel)), slug=slug)


def build_lien_deplacement(participation: Participation, *, slug: str = "") -> str:
    """Return the page where another slot is chosen."""
    return build_lien("rdv:deplacer", write_jeton(bytes(participation.sel)), slug=slug)


def build_lien_court(participation: Participation, *, slug: str = "") -> str:
    """Return the short address of the same page, for an SMS."""
    return build_lien("lien_court", write_jeton(bytes(participation.sel)), slug=slug)


def build_lien_court_deplacement(participation: Participation, *, slug: str = "") -> str:
    """Return the short address of the page where another slot is chosen."""
    return build_lien("lien_court_deplacer", write_jeton(bytes(participation.sel)), slug=slug)


def build_lien_accueil(*, slug: str = "") -> str:
    """Return the page where one books."""
    return build_lien("rdv:accueil", slug=slug)


def build_lien(route: str, *args: object, slug: str = "") -> str:
    """Return the absolute address of a page for usagers of the active town."""
    town = slug or Collectivite.objects.values_list("slug", flat=True).get(pk=get_active_id())
    return f"{settings.URL_PUBLIQUE.rstrip('/')}{reverse(route, args=[town, *args])}"
