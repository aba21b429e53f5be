"""« Expéditeurs bloqués » and abusive demandes: nothing is deleted, everything can be reviewed (CRPA L112-11)."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.actions.attributs import MotifManquant, find_origine, flag_abusive, unflag_abusive
from demandes.automates import actions
from demandes.forms_automates import FormulaireBlocage
from demandes.models import Blocage
from demandes.versions import ConflitVersion
from demandes.views.acces import choose_retour, get_demande, read_version, reload_demande
from socle.toasts import toast

REGLER = Permission.REGLAGE_MODIFIER


@requires(REGLER)
def blocages(request: RequeteAgent) -> HttpResponse:
    """Who is blocked, why, until when; add one."""
    today = timezone.localdate()
    form = FormulaireBlocage(request.POST or None, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            actions.block(**form.cleaned_data, agent=request.acces.agent, by=request.acces.acteur, at=timezone.now())
        except actions.DejaBloque as refusal:
            form.add_error("adresse", str(refusal))
        else:
            toast(request, "Expéditeur bloqué\u00a0: ses envois n'ont plus d'accusé.")
            return redirect("demandes:blocages", request.acces.collectivite.slug)
    rows = Blocage.objects.select_related("agent").order_by("-at", "-pk")
    live = rows.filter(lifted_at=None, expire_on__gte=today)
    past = rows.exclude(pk__in=live.values("pk"))[:50]
    context = {"form": form, "vivants": live, "passes": past}
    return render(request, "demandes/automates/blocages.html", context, status=422 if form.errors else 200)


@requires(REGLER)
@require_POST
def blocage_lever(request: RequeteAgent, pk: int) -> HttpResponse:
    """Lift a block."""
    found = get_object_or_404(Blocage, pk=pk)
    actions.lift(blocage=found, by=request.acces.acteur, at=timezone.now())
    toast(request, "Blocage levé\u00a0: les prochains envois auront leur accusé.")
    return redirect("demandes:blocages", request.acces.collectivite.slug)


@requires(Permission.DEMANDE_TRAITER)
def abusive(request: RequeteAgent, pk: int) -> HttpResponse:
    """Flag a demande as abusive, with the motive and, if asked, a block of its sender; or take the flag back."""
    demande = get_demande(request, pk)
    adresse = find_origine(demande)
    version = read_version(request, demande)
    common: dict[str, Any] = {"demande": demande, "version": version, "by": request.acces.acteur}
    refus, status = "", 200
    form = FormulaireBlocage(
        request.POST if request.POST.get("bloquer") else None, today=timezone.localdate(), initial={"adresse": adresse}
    )
    if request.method == "POST":
        try:
            if request.POST.get("faire") == "retirer":
                unflag_abusive(**common, at=timezone.now())
                toast(request, "Signalement retiré\u00a0: l'accusé part s'il était dû.")
                return redirect(choose_retour(request, demande))
            if not request.POST.get("bloquer") or form.is_valid():
                return _flag(request, common, form)
            status = 422
        except MotifManquant as refusal:
            refus, status = str(refusal), 422
        except (ConflitVersion, actions.DejaBloque) as refusal:
            refus, status = str(refusal), 409
            demande = reload_demande(request, pk)
    context = {"demande": demande, "form": form, "adresse": adresse, "refus": refus, "bloquer": form.is_bound}
    return render(request, "demandes/automates/abusive.html", context, status=status)


def _flag(request: RequeteAgent, common: dict[str, Any], form: FormulaireBlocage) -> HttpResponse:
    """Flag, and block the sender when asked: both or none."""
    now, acces = timezone.now(), request.acces
    with transaction.atomic():
        done = flag_abusive(**common, motif=request.POST.get("motif", ""), at=now, agent=acces.agent)
        if form.is_bound:
            actions.block(**form.cleaned_data, agent=acces.agent, by=acces.acteur, at=now)
    toast(request, "Envoi signalé comme abusif." + (" Expéditeur bloqué." if form.is_bound else ""))
    return redirect(choose_retour(request, done))
