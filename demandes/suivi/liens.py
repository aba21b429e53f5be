"""Addresses of the usager's pages, absolute, for messages that leave."""

from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from collectivites.cloison import get_active_id
from collectivites.models import Collectivite
from demandes.models import Demande


def build_lien_suivi(demande: Demande, collectivite: Collectivite | None = None) -> str:
    """Return the tracking page with the code filled in (« https://…/usager/aurelle/suivi/?code=QZ4K-8TTM »).

    `collectivite`: the active town when it is at hand, which saves a query. The code alone opens nothing: the page
    asks for a name or an e-mail, so that a forwarded message gives nothing.
    """
    slug = collectivite.slug if collectivite else _read_slug()
    return f"{_build('suivi', slug)}?{urlencode({'code': demande.code_suivi})}"


def build_lien(page: str, *args: object) -> str:
    """Return the absolute address of a page for usagers of the active town (`page`: name of its route; one query)."""
    return _build(page, _read_slug(), *args)


def _read_slug() -> str:
    return Collectivite.objects.values_list("slug", flat=True).get(pk=get_active_id())


def _build(page: str, slug: str, *args: object) -> str:
    return f"{settings.URL_PUBLIQUE.rstrip('/')}{reverse(f'usager:{page}', args=[slug, *args])}"
