"""The telephone at a desk: who is calling, how long it has lasted, what was said, whom to call back."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from citoyens.models import Usager
from citoyens.recherche import search_usagers
from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.actions import FenetreDepassee
from demandes.actions.appels import end_call, mark_called_back, name_caller, note_call, settle_call, start_call
from demandes.appels import Presente, live_calls, present, to_call_back
from demandes.forms_canaux import FormulaireAppel
from demandes.models import Appel, Demande
from demandes.reception.ecrits import read_numero
from socle.nombres import read_nombre
from socle.toasts import toast

PRENDRE = Permission.DEMANDE_CREER
PAR_PAGE = 50
DEMANDES_MAX = 8
CLEF_SESSION = "appel"  # tells the shell to draw the banner of an agent without extension
VUES = {"a_rappeler": "À rappeler", "mes_appels": "Mes appels", "tous": "Tous"}


@requires(PRENDRE)
@require_GET
def appels(request: RequeteAgent) -> HttpResponse:
    """The calls: to call back first, then one's own, then all, newest first."""
    now = timezone.now()
    vue = request.GET.get("vue", "a_rappeler")
    vue = vue if vue in VUES else "a_rappeler"
    rows = _choose(vue, request)
    last = _find_call(request.GET.get("avant", ""))
    if last is not None:
        rows = rows.filter(Q(debut_at__lt=last.debut_at) | Q(debut_at=last.debut_at, pk__lt=last.pk))
    found = list(rows.order_by("-debut_at", "-pk")[: PAR_PAGE + 1])
    context = {
        "vue": VUES[vue], "onglets": [_tab(code, vue, now) for code in VUES],
        "lignes": present(found[:PAR_PAGE], at=now), "en_cours": _live(request, at=now),
        "domaines": request.acces.domaines,
        "suivant": f"?vue={vue}&avant={found[PAR_PAGE - 1].pk}" if len(found) > PAR_PAGE else "",
    }  # fmt: skip
    return render(request, "demandes/appels.html", context)


def _choose(vue: str, request: RequeteAgent) -> "QuerySet[Appel]":
    rows = Appel.objects.select_related("usager", "agent", "demande")
    if vue == "a_rappeler":
        return rows.filter(to_call_back())
    return rows.filter(agent_id=request.acces.agent.pk) if vue == "mes_appels" else rows


def _tab(code: str, vue: str, _now: datetime) -> dict[str, Any]:
    number = {"nombre": Appel.objects.filter(to_call_back()).count()} if code == "a_rappeler" else {}
    return {"libelle": VUES[code], "url": f"?vue={code}", "actif": code == vue} | number


@requires(PRENDRE)
@require_GET
def bandeau(request: RequeteAgent) -> HttpResponse:
    """The calls of this agent, for the top of every page (htmx); empty when the phone is quiet."""
    return render(request, "demandes/_bandeau_appel.html", {"en_cours": _live(request, at=timezone.now())})


@requires(PRENDRE)
@require_POST
def commencer(request: RequeteAgent) -> HttpResponse:
    """Begin to count a call: the hour is kept by the server, so the timer survives everything."""
    usager = _find_usager(request.POST.get("usager", ""))
    numero = read_numero(request.POST.get("numero", "")[:40])[:20]
    started = start_call(agent=request.acces.agent, at=timezone.now(), usager=usager, numero=numero)
    request.session[CLEF_SESSION] = started.pk
    slug = request.acces.collectivite.slug
    if request.POST.get("suite") == "nouvelle":
        return redirect(f"{reverse('demandes:nouvelle', args=[slug])}?canal=telephone&appel={started.pk}")
    return redirect("demandes:appel", slug, started.pk)


@requires(PRENDRE)
def appel(request: RequeteAgent, pk: int) -> HttpResponse:
    """One call: who, since when, and what was said, written in a demande."""
    now, found = timezone.now(), _get(pk)
    opened = _open_demandes(request, found)
    form = FormulaireAppel(request.POST if request.method == "POST" else None, choix=_choices(opened))
    if request.method != "POST":
        return _show(request, found, form, at=now)
    if not form.is_valid():
        return _show(request, found, form, at=now, status=422)
    demande = next(each for each in opened if str(each.pk) == form.cleaned_data["demande"])
    try:
        note_call(appel=found, demande=demande, texte=form.cleaned_data["texte"], by=request.acces.acteur, at=now)
    except FenetreDepassee as refus:
        form.add_error("demande", str(refus))
        return _show(request, found, form, at=now, status=409)
    request.session.pop(CLEF_SESSION, None)
    toast(request, f"Appel noté dans la demande {demande.numero}.")
    return redirect("demandes:fiche", request.acces.collectivite.slug, demande.pk)


@requires(PRENDRE)
@require_POST
def personne(request: RequeteAgent, pk: int) -> HttpResponse:
    """Say who calls, among those reached at this number."""
    found = _get(pk)
    usager = _find_usager(request.POST.get("usager", ""))
    if usager is not None:
        name_caller(appel=found, usager=usager)
    return redirect("demandes:appel", request.acces.collectivite.slug, pk)


@requires(PRENDRE)
@require_POST
def terminer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Stop the timer without a note."""
    end_call(appel=_get(pk), at=timezone.now())
    request.session.pop(CLEF_SESSION, None)
    toast(request, "Appel terminé.", ton="info")
    return redirect(f"{reverse('demandes:appels', args=[request.acces.collectivite.slug])}?vue=mes_appels")


@requires(PRENDRE)
@require_POST
def rappele(request: RequeteAgent, pk: int) -> HttpResponse:
    """Take a missed call off the list."""
    mark_called_back(appel=_get(pk), by=request.acces.acteur, at=timezone.now())
    toast(request, "Noté comme rappelé.")
    return redirect("demandes:appels", request.acces.collectivite.slug)


def find_asked(request: RequeteAgent) -> Presente | None:
    """Return the call a new demande is taken from, as its form says; None without one."""
    found = _find_call(request.POST.get("appel", request.GET.get("appel", "")))
    return present([found], at=timezone.now())[0] if found and found.demande_id is None else None


def settle_from(request: RequeteAgent, demande: Demande, *, at: datetime) -> None:
    """End the call a demande was taken from and write how long it lasted."""
    asked = find_asked(request)
    if asked is None:
        return
    settle_call(appel=asked.appel, demande=demande, agent=request.acces.agent, by=request.acces.acteur, at=at)
    request.session.pop(CLEF_SESSION, None)


def _find_call(typed: str) -> Appel | None:
    is_id = typed.isascii() and typed.isdigit() and len(typed) < 19
    return Appel.objects.select_related("usager").filter(pk=int(typed)).first() if is_id else None


def _get(pk: int) -> Appel:
    return get_object_or_404(Appel.objects.select_related("usager", "agent", "demande"), pk=pk)


def _live(request: RequeteAgent, *, at: datetime) -> list[Presente]:
    return present(live_calls(request.acces.agent.pk, at=at).select_related("usager"), at=at)


def _find_usager(typed: str) -> Usager | None:
    return Usager.objects.filter(pk=read_nombre(typed) or 0).first()


def _open_demandes(request: RequeteAgent, found: Appel) -> list[Demande]:
    """Open demandes of the caller that this agent may read, the latest first."""
    if found.usager_id is None:
        return []
    mine = Demande.objects.visible_to(request.acces).open().filter(usager_id=found.usager_id)
    return list(mine.order_by("-received_at")[:DEMANDES_MAX])


def _choices(opened: list[Demande]) -> list[tuple[str, str]]:
    return [(str(each.pk), f"{each.numero} — {each.objet}") for each in opened]


def _show(
    request: RequeteAgent, found: Appel, form: FormulaireAppel, *, at: datetime, status: int = 200
) -> HttpResponse:
    shown, typed = present([found], at=at)[0], request.GET.get("q", "").strip()
    context = {
        "appel": found, "presente": shown, "form": form, "domaines": request.acces.domaines,
        "demandes": form.fields["demande"].choices,  # type: ignore[attr-defined]
        "q": typed, "trouves": search_usagers(typed, limite=6) if len(typed) > 1 else [],
    }  # fmt: skip
    return render(request, "demandes/appel.html", context, status=status)
