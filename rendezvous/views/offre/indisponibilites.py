"""« Indisponibilités »: when somebody, a counter, a lieu does not receive. One's own for any agent who receives.

Two doors to the same screens: an agent's own (RENDEZVOUS_TRAITER), everybody's (OFFRE_MODIFIER).
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from rendezvous.forms_offre_champs import show_blocs, show_heure
from rendezvous.forms_offre_indisponibilite import FormulaireIndisponibilite
from rendezvous.forms_offre_qui import Qui
from rendezvous.models import Indisponibilite, Ressource
from rendezvous.offre.actions import find_ressource, save_indisponibilite
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


def is_for_all(request: RequeteAgent) -> bool:
    """True for whoever runs the offer: everybody's are theirs to write."""
    return request.acces.can(OFFRE)


def get_routes(request: RequeteAgent) -> dict[str, str]:
    """Names of the routes behind the door that this agent may use."""
    is_own = request.acces.can(TRAITER)
    une = "indisponibilite" if is_own else "indisponibilite_de_tous"
    return {
        "liste": "indisponibilites" if is_own else "indisponibilites_toutes", "une": une,
        "modifier": f"{une}_modifier", "retirer": f"{une}_retirer",
    }  # fmt: skip


def list_visible(request: RequeteAgent) -> QuerySet[Indisponibilite]:
    """Those the agent may change."""
    rows = Indisponibilite.objects.select_related("ressource__guichet__lieu", "lieu")
    return rows if is_for_all(request) else rows.filter(ressource__agent_id=request.acces.agent.pk)


def _page(request: RequeteAgent) -> HttpResponse:
    today = timezone.localdate()
    form = FormulaireIndisponibilite(
        request.POST if request.method == "POST" else None, collectivite=request.acces.collectivite,
        is_for_all=is_for_all(request), today=today, initial=_start(request),
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        answer = _save(request, form)
        if answer is not None:
            return answer
    coming = list_visible(request).filter(Q(fin_on__gte=today) | Q(fin_on=None)).order_by("debut_on", "pk")
    names = get_routes(request)
    context = {
        "form": form, "toutes": is_for_all(request), "maximum": LIGNES_MAX,
        "lignes": [
            describe_indisponibilite(each, find_url(request, names["une"], each.pk)) for each in coming[:LIGNES_MAX]
        ],
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
    try:
        return write_form(request, form, Indisponibilite())
    except OffreRefusee as refusal:
        form.add_error(None, str(refusal))
        return None


def write_form(request: RequeteAgent, form: FormulaireIndisponibilite, rule: Indisponibilite) -> HttpResponse:
    """Write what a valid form says, and go where its appointments are listed. Raises OffreRefusee, VersionPerimee."""
    said = form.cleaned_data
    who: Qui = said.get("qui") or Qui(agent=request.acces.agent)
    is_one = bool(who.agent or who.guichet)
    with transaction.atomic():
        rule.ressource = find_ressource(agent=who.agent, guichet=who.guichet) if is_one else None
        rule.lieu = who.lieu
        for name in CHAMPS:
            setattr(rule, name, said[name])
        inside = save_indisponibilite(
            indisponibilite=rule, version=said["version"] or 0, by=request.acces.acteur, at=timezone.now()
        )
    count, names = len(inside), get_routes(request)
    if count:
        toast(request, f"Indisponibilité enregistrée. {count} rendez-vous déjà pris à traiter.", ton="alerte")
        return redirect(find_url(request, names["une"], rule.pk))
    toast(request, "Indisponibilité enregistrée, aucun rendez-vous n'est touché.")
    return redirect(find_url(request, names["liste"]))


CHAMPS = ("libelle", "debut_on", "fin_on", "debut_minute", "fin_minute", "regle")


def _detail(request: RequeteAgent, pk: int) -> HttpResponse:
    return show_detail(request, get_object_or_404(list_visible(request), pk=pk))


def show_detail(request: RequeteAgent, found: Indisponibilite, *, refus: str = "", status: int = 200) -> HttpResponse:
    """Draw one, with the appointments inside and what may be done."""
    lines, names = list_lignes(request, list_touches(found, at=timezone.now())), get_routes(request)
    context = {
        "ligne": describe_indisponibilite(found, ""), "lignes": lines, "refus": refus,
        "groupee_url": find_url(request, "absences") if request.acces.can(TRAITER) else "",
        "retour_url": find_url(request, names["liste"]), "retirer_url": find_url(request, names["retirer"], found.pk),
        "modifier_url": find_url(request, names["modifier"], found.pk),
    }  # fmt: skip
    return show_page(request, "indisponibilite.html", context, onglet="indisponibilites", status=status)


def describe_indisponibilite(rule: Indisponibilite, url: str) -> dict[str, Any]:
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
