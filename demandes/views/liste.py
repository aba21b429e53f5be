"""The one inbox."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.etats import describe_urgence
from demandes.listes import VUES, Filtres, choose_vue, count_vues, load_choix, load_page, read_filtres, show_count
from demandes.models import Demande


@requires(Permission.DEMANDE_LIRE)
@require_GET
def liste(request: RequeteAgent) -> HttpResponse:
    """Show a page of the inbox; for htmx, only the rows."""
    acces, now = request.acces, timezone.now()
    filtres = read_filtres(request.GET, vue=choose_vue(acces))
    page = load_page(filtres, acces, at=now)
    context: dict[str, Any] = {
        "filtres": filtres,
        "vue": VUES[filtres.vue],
        "lignes": [(demande, *describe_urgence(demande, now=now)) for demande in page.demandes],
        "precedent": _address(filtres, avant=page.precedent) if page.precedent else "",
        "suivant": _address(filtres, apres=page.suivant) if page.suivant else "",
        "sans_filtre": _address(Filtres(vue=filtres.vue)),
        "maintenant": now,
    }
    if request.htmx:
        return render(request, "demandes/liste.html#lignes", context)
    counts = count_vues(acces, at=now)
    context["onglets"] = [
        {
            "libelle": libelle,
            "url": _address(Filtres(vue=vue)),
            "actif": vue == filtres.vue,
            "nombre": show_count(counts[vue]) if counts.get(vue) else None,
        }
        for vue, libelle in VUES.items()
    ]
    context |= {"choix": load_choix(acces.collectivite.pk), "canaux": Demande.Canal.choices}
    return render(request, "demandes/liste.html", context)


def _address(filtres: Filtres, **page: str) -> str:
    query = QueryDict(mutable=True)
    query.update(filtres.parametres | page)
    return f"?{query.urlencode()}"
