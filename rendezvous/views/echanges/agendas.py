"""« Mes agendas » and « Agendas et flux »: secret addresses to read ours elsewhere, calendars read as taken time.

Two doors to the same screen: an agent's own (RENDEZVOUS_TRAITER), everybody's and the lieux' (OFFRE_MODIFIER).
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from collectivites.acces import RequeteAgent, membre, requires
from collectivites.models import Lieu
from collectivites.permissions import Permission
from rendezvous.echanges import agendas as actions
from rendezvous.echanges.agendas import AgendaRefuse
from rendezvous.echanges.flux import create_flux, list_lecteurs, revoke_flux
from rendezvous.forms_echanges import FormulaireAgenda, FormulaireFlux
from rendezvous.models import AgendaExterne, FluxAgenda, Ressource
from rendezvous.offre.actions import find_ressource
from socle.toasts import toast

LIRE, TRAITER, OFFRE = Permission.RENDEZVOUS_LIRE, Permission.RENDEZVOUS_TRAITER, Permission.OFFRE_MODIFIER


@dataclass
class Page:
    """What one of the two doors shows: `mienne` is the agent's own resource, None for everybody's."""

    request: RequeteAgent
    mienne: Ressource | None
    form: FormulaireAgenda
    form_flux: FormulaireFlux | None
    adresse: str = ""  # drawn in this very answer, never shown again
    refus: str = ""
    status: int = 200

    @property
    def route(self) -> str:
        """The name of this door."""
        return "rendezvous:agendas" if self.mienne else "rendezvous:flux"


@requires(TRAITER)
@require_http_methods(["GET", "POST"])
def agendas(request: RequeteAgent) -> HttpResponse:
    """One's own feeds and calendars."""
    own = find_ressource(agent=request.acces.agent, create=True) if request.method == "POST" else _find_own(request)
    return _answer(Page(request, own, FormulaireAgenda(**_bind(request, "agenda"), ressources=[]), None))


@requires(OFFRE)
@require_http_methods(["GET", "POST"])
def flux(request: RequeteAgent) -> HttpResponse:
    """Those of the lieux, the counters and every agent."""
    ressources = [(row.pk, row.nom) for row in Ressource.objects.filter(is_active=True).order_by("nom", "pk")]
    lieux = [(f"lieu-{row.pk}", row.nom) for row in Lieu.objects.filter(is_active=True).order_by("nom", "pk")]
    choix = [*lieux, *((f"ressource-{pk}", nom) for pk, nom in ressources)]
    form = FormulaireAgenda(**_bind(request, "agenda"), ressources=ressources or [(0, "—")])
    return _answer(Page(request, None, form, FormulaireFlux(**_bind(request, "flux"), choix=choix)))


def _bind(request: RequeteAgent, geste: str) -> dict[str, Any]:
    return {"data": request.POST} if request.method == "POST" and request.POST.get("geste") == geste else {}


def _find_own(request: RequeteAgent) -> Ressource:
    """The agent's resource; a blank one that reading does not write."""
    return Ressource.objects.filter(agent=request.acces.agent).first() or Ressource(
        agent=request.acces.agent, nom=str(request.acces.agent)
    )


def _answer(page: Page) -> HttpResponse:
    geste = page.request.POST.get("geste") if page.request.method == "POST" else ""
    if geste == "agenda":
        return _add_agenda(page)
    if geste == "flux":
        return _open_flux(page)
    return _show(page)


def _add_agenda(page: Page) -> HttpResponse:
    if not page.form.is_valid():
        page.status = 422
        return _show(page)
    owner = page.mienne or get_object_or_404(Ressource, pk=page.form.cleaned_data["ressource"])
    try:
        actions.add_agenda(
            ressource=owner, acces=page.form.read_acces(), by=page.request.acces.acteur, at=timezone.now()
        )  # fmt: skip
    except AgendaRefuse as refus:
        page.form.add_error(None, str(refus))
        page.status = 409
        return _show(page)
    toast(page.request, "Agenda ajouté\u00a0: première relève dans la minute.")
    return redirect(page.route, page.request.acces.collectivite.slug)


def _open_flux(page: Page) -> HttpResponse:
    if not page.request.acces.can(LIRE):  # the address would give nothing
        raise PermissionDenied
    whose: dict[str, Any] = {"ressource": page.mienne}
    if page.form_flux is not None:
        if not page.form_flux.is_valid():
            page.status = 422
            return _show(page)
        genre, _, pk = page.form_flux.cleaned_data["de"].partition("-")
        whose = {genre: get_object_or_404(Lieu if genre == "lieu" else Ressource, pk=pk)}
    acces = page.request.acces
    _, jeton = create_flux(**whose, agent_id=acces.agent.pk, by=acces.acteur, at=timezone.now())
    path = reverse("rdv:flux", args=[acces.collectivite.slug, jeton])
    page.adresse = page.request.build_absolute_uri(path)
    return _show(page)


def _show(page: Page) -> HttpResponse:
    slug = page.request.acces.collectivite.slug
    feeds = FluxAgenda.objects.filter(revoked_at=None).select_related("ressource", "lieu", "par").order_by("-pk")
    calendars = AgendaExterne.objects.select_related("ressource").order_by("ressource__nom", "pk")
    if page.mienne is not None:
        feeds = feeds.filter(ressource_id=page.mienne.pk or 0)
        calendars = calendars.filter(ressource_id=page.mienne.pk or 0)
    context = {
        "is_mien": page.mienne is not None, "adresse": page.adresse, "refus": page.refus,
        "form": page.form, "form_flux": page.form_flux, "action": reverse(page.route, args=[slug]),
        "feeds": _judge(list(feeds)), "is_lecteur": page.request.acces.can(LIRE),
        "agendas": [_describe(each) for each in calendars],
        "is_ici": page.request.acces.can(Permission.REGLAGE_MODIFIER),
    }  # fmt: skip
    return render(page.request, "rendezvous/echanges/agendas.html", context, status=page.status)


def _judge(feeds: list[FluxAgenda]) -> list[tuple[FluxAgenda, bool]]:
    """Pair each feed with whether it still gives something: its maker may have lost the right to read (one query)."""
    readers = list_lecteurs({each.par_id for each in feeds})
    return [(each, each.par_id in readers) for each in feeds]


def _describe(agenda: AgendaExterne) -> dict[str, Any]:
    """One line: where (the host alone, the rest is a secret), how it goes."""
    is_bon = bool(agenda.reussi_at and agenda.releve_at and agenda.reussi_at >= agenda.releve_at)
    return {
        "ligne": agenda, "hote": agenda.hote, "is_attendu": agenda.releve_at is None,
        "is_echec": agenda.is_active and bool(agenda.erreur) and not is_bon,
    }  # fmt: skip


@membre
@require_POST
def flux_revoquer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Close a feed."""
    row = get_object_or_404(FluxAgenda.objects.select_related("ressource", "lieu"), pk=pk)
    _check(request, row.ressource)
    revoke_flux(flux=row, by=request.acces.acteur, at=timezone.now())
    toast(request, "Adresse révoquée\u00a0: elle ne donne plus rien.")
    return _back(request)


@membre
@require_POST
def agenda_relever(request: RequeteAgent, pk: int) -> HttpResponse:
    """Read a calendar now."""
    actions.read_now(agenda=_get_agenda(request, pk))
    toast(request, "Relève demandée\u00a0: elle se fait dans la minute.")
    return _back(request)


@membre
@require_POST
def agenda_service(request: RequeteAgent, pk: int) -> HttpResponse:
    """Pause, or take up again."""
    resumes = request.POST.get("reprendre") == "oui"
    row = _get_agenda(request, pk)
    actions.set_active(agenda=row, is_active=resumes, by=request.acces.acteur, at=timezone.now())
    toast(request, "Relève reprise." if resumes else "Relève suspendue\u00a0: cet agenda n'occupe plus personne.")
    return _back(request)


@membre
@require_POST
def agenda_supprimer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Forget a calendar."""
    actions.remove_agenda(agenda=_get_agenda(request, pk), by=request.acces.acteur, at=timezone.now())
    toast(request, "Agenda supprimé.")
    return _back(request)


def _get_agenda(request: RequeteAgent, pk: int) -> AgendaExterne:
    row = get_object_or_404(AgendaExterne.objects.select_related("ressource"), pk=pk)
    _check(request, row.ressource)
    return row


def _check(request: RequeteAgent, ressource: Ressource | None) -> None:
    """One's own with RENDEZVOUS_TRAITER, anybody's and a lieu's with OFFRE_MODIFIER. Raises PermissionDenied."""
    acces = request.acces
    is_own = ressource is not None and ressource.agent_id == acces.agent.pk and acces.can(TRAITER)
    if not (is_own or acces.can(OFFRE)):
        raise PermissionDenied


def _back(request: RequeteAgent) -> HttpResponse:
    """Where the gesture was made from."""
    to = "flux" if request.POST.get("de") == "tous" and request.acces.can(OFFRE) else "agendas"
    to = to if request.acces.can(TRAITER) else "flux"
    return redirect(f"rendezvous:{to}", request.acces.collectivite.slug)
