"""The one inbox."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission, Role
from demandes.automates.menu import load_menu_groupe
from demandes.cycle import Etat
from demandes.etats import describe_urgence
from demandes.listes import (
    COLONNES,
    DEFAUT,
    VUES,
    Filtres,
    choose_vue,
    count_vues,
    load_choix,
    load_page,
    read_filtres,
    show_count,
)
from demandes.listes.colonnes import Colonne, Valeur
from demandes.listes.gardees import list_gardees, write_parametres
from demandes.models import Demande, Nature, Vue

# Cells drawn with more than their text; every other column shows its value.
COMPOSEES = frozenset({"service", "etat", "recue"})


@requires(Permission.DEMANDE_LIRE)
@require_GET
def liste(request: RequeteAgent) -> HttpResponse:
    """Show a page of the inbox; for htmx, only the rows."""
    return show_liste(request, read_filtres(_join_colonnes(request.GET), vue=choose_vue(request.acces)))


def _join_colonnes(query: QueryDict) -> QueryDict:
    """A form gives one parameter a column, an address gives them together."""
    if "colonne" not in query:
        return query
    joined = query.copy()
    joined["col"] = ",".join(query.getlist("colonne"))
    return joined


def show_liste(request: RequeteAgent, filtres: Filtres, *, garde: dict[str, str] | None = None) -> HttpResponse:
    """Draw the list; `garde` is a view that could not be kept: what was typed, and the sentence."""
    now = timezone.now()
    context = _load_rows(request, filtres, now)
    if request.htmx:
        return render(request, "demandes/liste.html#lignes", context)
    asked = "garder" if garde else request.GET.get("ouvrir", "")
    context |= _load_around(request, filtres, now) | {
        "garde": garde or {"libelle": "", "partage": "", "erreur": ""},
        "ouverts": {name: name == asked for name in ("colonnes", "garder")},
    }
    return render(request, "demandes/liste.html", context, status=422 if garde else 200)


def _load_rows(request: RequeteAgent, filtres: Filtres, now: datetime) -> dict[str, Any]:
    page = load_page(filtres, request.acces, at=now)
    columns = [COLONNES[code] for code in filtres.colonnes]
    return {
        "filtres": filtres,
        "vue": VUES[filtres.vue],
        "colonnes": columns,
        "lignes": [_draw(demande, columns, now) for demande in page.demandes],
        "precedent": address(filtres, avant=page.precedent) if page.precedent else "",
        "suivant": address(filtres, apres=page.suivant) if page.suivant else "",
        "sans_filtre": address(Filtres(vue=filtres.vue, colonnes=filtres.colonnes)),
        "maintenant": now,
        "peut_traiter": request.acces.can(Permission.DEMANDE_TRAITER),
    }


def _draw(
    demande: Demande, columns: list[Colonne], now: datetime
) -> tuple[Demande, str, str, list[tuple[str, Valeur]]]:
    """Return (demande, word, tone, [(column, value)]); drawn cells get an empty value."""
    cells = [(each.code, "" if each.code in COMPOSEES else each.value(demande, now)) for each in columns]
    return demande, *describe_urgence(demande, now=now), cells


def _load_around(request: RequeteAgent, filtres: Filtres, now: datetime) -> dict[str, Any]:
    """Return the tabs, the choices of the filters, the columns: what htmx does not draw again (four queries)."""
    acces = request.acces
    counts = count_vues(acces, at=now)
    shown = {"colonnes": filtres.colonnes, "tri": filtres.tri}
    kept = list_gardees(acces)
    return {
        "onglets": [
            {
                "libelle": libelle,
                "url": address(Filtres(vue=vue, **shown)),  # type: ignore[arg-type]
                "actif": vue == filtres.vue and not filtres.garde_id,
                "nombre": show_count(counts[vue]) if counts.get(vue) else None,
            }
            for vue, libelle in VUES.items()
        ],
        "gardees": [(vue, _query(write_parametres(vue)), vue.agent_id == acces.agent.pk) for vue in kept],
        "parametres": address(filtres).removeprefix("?"),
        "choix": load_choix(acces.collectivite.pk),
        "canaux": Demande.Canal.choices,
        "etats": Etat.choices,
        "natures": Nature.choices,
        "priorites": Demande.Priorite.choices,
        "toutes_colonnes": [(each, each.code in filtres.colonnes) for each in COLONNES.values()],
        "colonnes_defaut": ",".join(DEFAUT),
        "partages": _list_partages(request),
        "groupe": load_menu_groupe(acces),
    }


def _list_partages(request: RequeteAgent) -> list[tuple[str, str]]:
    """Return with whom this agent may share a view."""
    possible = {Vue.Partage.PRIVE: True, Vue.Partage.SERVICE: bool(request.acces.services),
                Vue.Partage.COLLECTIVITE: request.acces.has_role(Role.SUPERVISEUR)}  # fmt: skip
    return [(each.value, str(each.label)) for each, allowed in possible.items() if allowed]


def address(filtres: Filtres, **page: str) -> str:
    """Return the address of a list, after its path."""
    return _query(filtres.parametres | page)


def _query(parametres: dict[str, str]) -> str:
    query = QueryDict(mutable=True)
    query.update(parametres)
    return f"?{query.urlencode()}"
