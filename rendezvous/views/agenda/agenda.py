"""The agenda: a week or a day, of an agent, a counter, a service, a lieu."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from collectivites.acces import Acces, RequeteAgent, requires
from collectivites.permissions import Permission
from rendezvous.agenda.filtres import VUES, read_filtres, read_jour
from rendezvous.agenda.lecture import Agenda, choose_filtres, find_ouverture, load_agenda
from rendezvous.heures import to_instant
from rendezvous.models import Motif, OccurrencePlage, Ressource
from rendezvous.views.agenda.cases import show_colonne
from rendezvous.views.agenda.routes import find_url
from socle.nombres import read_nombre

GABARIT = "rendezvous/agenda/agenda.html"


@requires(Permission.RENDEZVOUS_LIRE)
@require_safe
def agenda(request: RequeteAgent) -> HttpResponse:
    """Show the agenda; for htmx, only the grid."""
    now, acces = timezone.now(), request.acces
    asked = read_filtres(request.GET, today=timezone.localdate(now))
    shown = load_agenda(choose_filtres(asked, acces, asked="qui" in request.GET), acces, at=now)
    context = show_grille(shown, acces, now=now)
    if request.htmx:
        return render(request, f"{GABARIT}#grille", context)
    return render(request, GABARIT, context | load_autour(shown, now=now))


@requires(Permission.RENDEZVOUS_TRAITER)
@require_safe
def ici(request: RequeteAgent) -> HttpResponse:
    """A click on free time: go and book there, once the wall clock of the lieu is an instant."""
    town, ressource = request.acces.collectivite, read_nombre(request.GET.get("ressource", ""))
    day, minute = read_jour(request.GET.get("jour", "")), read_nombre(request.GET.get("minute", ""), maximum=1439)
    url = reverse("rendezvous:prendre", args=[town.slug])
    if day is None or minute is None or ressource is None:
        return redirect(url)
    opened = OccurrencePlage.objects.filter(ressource_id=ressource, jour=day).order_by("debut_at")
    zone = opened.values_list("lieu__fuseau", flat=True).first() or town.fuseau
    debut = to_instant(day, minute, zone).isoformat()
    return redirect(f"{url}?{urlencode({'ressource': ressource, 'debut': debut})}")


def show_grille(shown: Agenda, acces: Acces, *, now: datetime) -> dict[str, Any]:
    """Return what the grid, or the planning, draws."""
    slug, can_traiter = acces.collectivite.slug, acces.can(Permission.RENDEZVOUS_TRAITER)
    columns = [
        show_colonne(each, heures=shown.heures, slug=slug, echelle=shown.echelle, can_traiter=can_traiter, now=now)
        for each in shown.colonnes
    ]
    return {
        "agenda": shown,
        "colonnes": columns,
        "lignes": _group(columns, len(shown.jours)) if shown.is_planning else [],
        "heures": range(shown.heures[0], shown.heures[1]),
        "legende": _list_motifs(shown),
        "prochaine": _find_prochaine(shown),
        "maintenant": now,
        "peut_traiter": can_traiter,
        "prendre_url": find_url("rendezvous:prendre", slug) if can_traiter else "",
        "ouvrir_url": find_url("rendezvous:plages", slug) if acces.can(Permission.OFFRE_MODIFIER) else "",
    }


def _group(columns: list[Any], width: int) -> list[tuple[Ressource, list[Any]]]:
    """The rows of the planning: a resource and its days."""
    rows = [columns[start : start + width] for start in range(0, len(columns), width)]
    return [(row[0].colonne.ressource, row) for row in rows]


def _find_prochaine(shown: Agenda) -> tuple[date, str] | None:
    """From an empty page, the next day somebody receives and its address; nothing from any other page."""
    day = find_ouverture(shown) if shown.ressources and shown.is_vide else None
    return (day, shown.filtres.on(day).write()) if day else None


def _list_motifs(shown: Agenda) -> list[Motif]:
    """The motifs of the page, sessions included, once each: what a colour means."""
    blocs = [bloc for column in shown.colonnes for bloc in column.blocs]
    sources = [source for bloc in blocs if (source := bloc.seance or bloc.rendezvous)]
    found = {source.motif_id: source.motif for source in sources}
    return sorted(found.values(), key=lambda motif: (motif.couleur, motif.libelle))


def load_autour(shown: Agenda, *, now: datetime) -> dict[str, Any]:
    """Return the bar above the grid: whose agenda, which day."""
    filtres, today = shown.filtres, timezone.localdate(now)
    return {
        "filtres": filtres,
        "vues": [(code, word, replace(filtres, vue=code).write()) for code, word in VUES.items()],
        "precedent": filtres.precedent.write(),
        "suivant": filtres.suivant.write(),
        "aujourdhui": filtres.on(today).write(),
        "choix": shown.choix.list_groupes(),
    }
