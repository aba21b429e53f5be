"""« Indisponibilités »: when somebody, a counter, a lieu does not receive. One's own for any agent who receives.

Two doors to the same screens: an agent's own (RENDEZVOUS_TRAITER), everybody's (OFFRE_MODIFIER).
"""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from rendezvous.forms_offre_champs import show_blocs, show_heure
from rendezvous.forms_offre_indisponibilite import FormulaireIndisponibilite
from rendezvous.forms_offre_qui import Qui
from rendezvous.models import Indisponibilite, Ressource
from rendezvous.offre.actions import find_ressource, remove_indisponibilite, save_indisponibilite
from rendezvous.offre.indisponibilites import list_touches
from rendezvous.offre.recurrence import describe_regle
from rendezvous.offre.refus import OffreRefusee
from rendezvous.views.offre.cadre import find_url, list_lignes, show_page
from socle.ecriture import write_jour
from socle.toasts import toast

TRAITER, OFFRE = Permission.RENDEZVOUS_TRAITER, Permission.OFFRE_MODIFIER
LIGNES_MAX = 200


@requires(TRAITER)
@require_http_methods(["GET", "POST"])
def indisponibilites(request: RequeteAgent) -> HttpResponse:
    """One's own; everybody's for whoever runs the offer."""
    return _page(request)


@requires(OFFRE)
@require_http_methods(["GET", "POST"])
def indisponibilites_toutes(request: RequeteAgent) -> HttpResponse:
    """Everybody's, for who runs the offer without receiving."""
    return _page(request)


@requires(TRAITER)
@require_GET
def indisponibilite(request: RequeteAgent, pk: int) -> HttpResponse:
    """One of one's own, with the appointments inside."""
    return _detail(request, pk)


@requires(OFFRE)
@require_GET
def indisponibilite_de_tous(request: RequeteAgent, pk: int) -> HttpResponse:
    """Anyone's."""
    return _detail(request, pk)


@requires(TRAITER)
@require_POST
def indisponibilite_retirer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Lift one of one's own."""
    return _remove(request, pk)


@requires(OFFRE)
@require_POST
def indisponibilite_de_tous_retirer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Lift anyone's."""
    return _remove(request, pk)


def _is_for_all(request: RequeteAgent) -> bool:
    return request.acces.can(OFFRE)


def _routes(request: RequeteAgent) -> dict[str, str]:
    """Names of the routes behind the door that this agent may use."""
    if request.acces.can(TRAITER):
        return {"liste": "indisponibilites", "une": "indisponibilite", "retirer": "indisponibilite_retirer"}
    return {"liste": "indisponibilites_toutes", "une": "indisponibilite_de_tous",
            "retirer": "indisponibilite_de_tous_retirer"}  # fmt: skip


def _visible(request: RequeteAgent) -> QuerySet[Indisponibilite]:
    rows = Indisponibilite.objects.select_related("ressource", "lieu")
    return rows if _is_for_all(request) else rows.filter(ressource__agent_id=request.acces.agent.pk)


def _page(request: RequeteAgent) -> HttpResponse:
    today = timezone.localdate()
    form = FormulaireIndisponibilite(
        request.POST if request.method == "POST" else None, collectivite=request.acces.collectivite,
        is_for_all=_is_for_all(request), today=today, initial=_start(request),
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        answer = _save(request, form)
        if answer is not None:
            return answer
    coming = _visible(request).filter(Q(fin_on__gte=today) | Q(fin_on=None)).order_by("debut_on", "pk")
    names = _routes(request)
    context = {
        "form": form, "toutes": _is_for_all(request), "maximum": LIGNES_MAX,
        "lignes": [_describe(each, find_url(request, names["une"], each.pk)) for each in coming[:LIGNES_MAX]],
    }  # fmt: skip
    status = 422 if form.is_bound else 200
    return show_page(request, "indisponibilites.html", context, onglet="indisponibilites", status=status)


def _start(request: RequeteAgent) -> dict[str, Any]:
    """First values: oneself, or the resource of `?ressource=`; the day of `?jour=` (links of the agenda)."""
    asked = request.GET.get("ressource", "")
    who = (
        Ressource.objects.filter(pk=asked).first() if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    )
    mine = f"agent:{who.agent_id or request.acces.agent.pk}" if who else f"agent:{request.acces.agent.pk}"
    start: dict[str, Any] = {"qui": f"guichet:{who.guichet_id}" if who and who.guichet_id else mine}
    try:
        start["debut_on"] = date.fromisoformat(request.GET.get("jour", ""))
    except ValueError:
        return start
    return start


def _save(request: RequeteAgent, form: FormulaireIndisponibilite) -> HttpResponse | None:
    said = form.cleaned_data
    who: Qui = said.get("qui") or Qui(agent=request.acces.agent)
    at = timezone.now()
    try:
        rule = Indisponibilite(
            ressource=find_ressource(agent=who.agent, guichet=who.guichet) if who.agent or who.guichet else None,
            lieu=who.lieu, **{name: said[name] for name in CHAMPS},
        )  # fmt: skip
        inside = save_indisponibilite(indisponibilite=rule, by=request.acces.acteur, at=at)
    except OffreRefusee as refusal:
        form.add_error(None, str(refusal))
        return None
    count = len(inside)
    if count:
        toast(request, f"Indisponibilité enregistrée. {count} rendez-vous déjà pris à traiter.", ton="alerte")
        return redirect(find_url(request, _routes(request)["une"], rule.pk))
    toast(request, "Indisponibilité enregistrée, aucun rendez-vous n'est touché.")
    return redirect(find_url(request, _routes(request)["liste"]))


CHAMPS = ("libelle", "debut_on", "fin_on", "debut_minute", "fin_minute", "regle")


def _detail(request: RequeteAgent, pk: int) -> HttpResponse:
    found = get_object_or_404(_visible(request), pk=pk)
    lines = list_lignes(request, list_touches(found, at=timezone.now()))
    names = _routes(request)
    groupee = find_url(request, "absences") if request.acces.can(TRAITER) else ""
    context = {
        "ligne": _describe(found, ""), "lignes": lines, "groupee_url": groupee,
        "retour_url": find_url(request, names["liste"]), "retirer_url": find_url(request, names["retirer"], pk),
    }  # fmt: skip
    return show_page(request, "indisponibilite.html", context, onglet="indisponibilites")


def _remove(request: RequeteAgent, pk: int) -> HttpResponse:
    found = get_object_or_404(_visible(request), pk=pk)
    remove_indisponibilite(indisponibilite=found, by=request.acces.acteur, at=timezone.now())
    toast(request, "Indisponibilité supprimée\u00a0: ce temps est de nouveau proposé.")
    return redirect(find_url(request, _routes(request)["liste"]))


def _describe(rule: Indisponibilite, url: str) -> dict[str, Any]:
    """One line in words: who, when, why."""
    who = rule.ressource.nom if rule.ressource else str(rule.lieu or "Toute la collectivité")
    return {"regle": rule, "qui": who, "quand": _tell_when(rule), "url": url}


def _tell_when(rule: Indisponibilite) -> str:
    whole = (rule.debut_minute, rule.fin_minute) == (0, 1440)
    if rule.regle:
        hours = "" if whole else f", {show_blocs([(rule.debut_minute, rule.fin_minute)])}"
        end = f" jusqu'au {write_jour(rule.fin_on)}" if rule.fin_on else ""
        return f"{describe_regle(rule.regle)}{hours}, à partir du {write_jour(rule.debut_on)}{end}"
    if rule.fin_on in (None, rule.debut_on):
        return f"{write_jour(rule.debut_on)}, {_tell_hours(rule)}"
    start = "" if rule.debut_minute == 0 else f" à {show_heure(rule.debut_minute)}"
    stop = "" if rule.fin_minute == 1440 else f" à {show_heure(rule.fin_minute)}"
    return f"du {write_jour(rule.debut_on)}{start} au {write_jour(rule.fin_on)}{stop}"


def _tell_hours(rule: Indisponibilite) -> str:
    if (rule.debut_minute, rule.fin_minute) == (0, 1440):
        return "toute la journée"
    return show_blocs([(rule.debut_minute, rule.fin_minute)])
