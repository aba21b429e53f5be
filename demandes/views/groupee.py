"""Bulk gestures: choose rows, choose a gesture, confirm with the number in the button, follow, undo."""

from functools import partial
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.automates import gestes, groupee
from demandes.automates.choix import Noms, load_noms
from demandes.automates.menu import list_macros
from demandes.automates.saisie import draw_actions, read_actions
from demandes.automates.selection import Selection, read_selection
from demandes.automates.tasks import run_groupee
from demandes.models import ActionGroupee, Demande, Macro
from demandes.views.acces import require_clef
from socle.nombres import read_nombre
from socle.ouvriers import ask_worker
from socle.toasts import toast

TRAITER = Permission.DEMANDE_TRAITER
RECENTES = 30


@requires(TRAITER)
@require_POST
def preparer(request: RequeteAgent) -> HttpResponse:
    """Say what will be done, to how many; « Appliquer » does it. The selection travels in the page."""
    selection = read_selection(request.POST)
    if not selection.vises:
        toast(request, "Cochez d'abord des demandes.", ton="alerte")
        return redirect(_retour(request))
    macro = _find_macro(request, selection.geste)
    if macro is None and selection.geste not in {each.code for each in gestes.list_gestes(gestes.GROUPEE)}:
        toast(request, "Choisissez d'abord un geste.", ton="alerte")
        return redirect(_retour(request))
    noms = load_noms()
    asked = macro.actions if macro else (read_actions(request.POST) or [{"geste": selection.geste, "parametres": {}}])
    if request.POST.get("faire") != "appliquer":
        return _show(request, selection, macro, asked, noms)
    if gestes.verify(asked, noms, emploi=gestes.MACRO if macro else gestes.GROUPEE):
        return _show(request, selection, macro, asked, noms, checked=True)
    return _launch(request, selection, macro, asked)


def _list_gestes(actions: list[dict[str, Any]]) -> list[gestes.Geste]:
    return [gestes.GESTES[each["geste"]] for each in actions if each["geste"] in gestes.GESTES]


def _find_macro(request: RequeteAgent, geste: str) -> Macro | None:
    kind, _, pk = geste.partition(":")
    return list_macros(request.acces).filter(pk=read_nombre(pk) or 0).first() if kind == "macro" else None


def _show(
    request: RequeteAgent, selection: Selection, macro: Macro | None, asked: list[dict[str, Any]], noms: Noms, *,
    checked: bool = False,
) -> HttpResponse:  # fmt: skip
    number = Demande.objects.visible_to(request.acces).filter(pk__in=[pk for pk, _ in selection.vises]).count()
    plural = "s" if number > 1 else ""
    verb = f"Appliquer «\u00a0{macro.libelle}\u00a0» à" if macro else gestes.GESTES[selection.geste].verbe
    context = {
        "selection": selection, "macro": macro, "nombre": number, "bouton": f"{verb} {number}\u00a0demande{plural}",
        "lignes_alors": [] if macro else draw_actions(asked, noms, emploi=gestes.GROUPEE, checked=checked),
        "alors": gestes.describe_all(asked, noms) if macro else [],
        "revient": any(each.revient for each in _list_gestes(asked)),
        "reste": [each.libelle for each in _list_gestes(asked) if not each.revient],
        "clef": require_clef(request), "retour": _retour(request), "en_ligne": number <= groupee.EN_LIGNE,
    }  # fmt: skip
    return render(request, "demandes/automates/groupee_preparer.html", context, status=422 if checked else 200)


def _launch(
    request: RequeteAgent, selection: Selection, macro: Macro | None, asked: list[dict[str, Any]]
) -> HttpResponse:
    now, acces = timezone.now(), request.acces
    action, is_new = groupee.create(
        geste=f"macro:{macro.pk}" if macro else selection.geste, actions=asked, vises=selection.vises,
        clef=require_clef(request), agent=acces.agent, by=acces.acteur, at=now, libelle=macro.libelle if macro else "",
    )  # fmt: skip
    if is_new and len(action.demandes) <= groupee.EN_LIGNE:
        action = groupee.run_here(action=action, at=now)
    elif is_new:
        transaction.on_commit(partial(ask_worker, run_groupee.name, acces.collectivite.pk, action.pk), robust=True)
    page = reverse("demandes:groupee", args=[acces.collectivite.slug, action.pk])
    if action.etat == groupee.Etat.EN_COURS or action.echecs:
        return redirect(page)
    toast(request, tell_done(action), annuler_url=_undo_url(request, action))
    return redirect(_retour(request))


def tell_done(action: ActionGroupee) -> str:
    """Say what was done: « 12 demandes affectées. »"""
    number = len(action.faites)
    plural = "s" if number > 1 else ""
    geste = gestes.GESTES.get(action.geste)
    done = (geste.fait if geste else "traitée{s}").format(s=plural)
    return f"{number}\u00a0demande{plural} {done}."


def _undo_url(request: RequeteAgent, action: ActionGroupee) -> str:
    if not groupee.may_undo(action, agent_id=request.acces.agent.pk, at=timezone.now()):
        return ""
    if not any(each.revient for each in _list_gestes(action.parametres["actions"])):
        return ""
    return reverse("demandes:groupee_annuler", args=[request.acces.collectivite.slug, action.pk])


@requires(TRAITER)
@require_GET
def suivre(request: RequeteAgent, pk: int) -> HttpResponse:
    """Follow one action: figures while it runs, failures with their reason, undo for a day."""
    action = _get(request, pk)
    total = len(action.demandes)
    left = groupee.count_left(action)
    undoing = groupee.is_undoing(action)
    if undoing:
        total = action.parametres.get("faites", total)
    context = {
        "action": action, "libelle": _name(action), "total": total, "fait": total - left, "en_annulation": undoing,
        "en_cours": action.etat == groupee.Etat.EN_COURS, "annuler_url": _undo_url(request, action),
        "echecs": _list_echecs(request, action), "phrase": tell_done(action),
        "alors": gestes.describe_all(action.parametres["actions"], load_noms()),
    }  # fmt: skip
    template = "demandes/automates/groupee.html" + ("#progres" if request.htmx else "")
    return render(request, template, context)


def _get(request: RequeteAgent, pk: int) -> ActionGroupee:
    """One's own action; another agent's does not exist."""
    return get_object_or_404(ActionGroupee, pk=pk, agent=request.acces.agent)


def _name(action: ActionGroupee) -> str:
    said = action.parametres.get("libelle", "")
    if said:
        return said if action.geste == "sujet" else f"Macro «\u00a0{said}\u00a0»"
    geste = gestes.GESTES.get(action.geste)
    return geste.libelle if geste else action.geste


def _list_echecs(request: RequeteAgent, action: ActionGroupee) -> list[dict[str, str]]:
    """Failures; of those the agent may not read any more, neither number nor reason (it tells what was done since)."""
    slug = request.acces.collectivite.slug
    return [
        {
            "numero": numero or "—",
            "raison": raison,
            "url": reverse("demandes:fiche", args=[slug, pk]) if numero else "",
        }
        for pk, numero, raison in groupee.show_echecs(action, request.acces)
    ]


@requires(TRAITER)
@require_GET
def recentes(request: RequeteAgent) -> HttpResponse:
    """One's own last actions."""
    rows = ActionGroupee.objects.filter(agent=request.acces.agent).exclude(geste=groupee.MACRO).order_by("-at", "-pk")
    lines = [{"action": each, "libelle": _name(each), "reste": groupee.count_left(each)} for each in rows[:RECENTES]]
    return render(request, "demandes/automates/groupees.html", {"lignes": lines})


@requires(TRAITER)
@require_POST
def annuler(request: RequeteAgent, pk: int) -> HttpResponse:
    """Take an action back; what somebody touched since stays, and is listed."""
    action, now, slug = _get(request, pk), timezone.now(), request.acces.collectivite.slug
    page = reverse("demandes:groupee", args=[slug, pk])
    try:
        asked = groupee.ask_undo(action=action, agent_id=request.acces.agent.pk, at=now)
    except groupee.AnnulationImpossible as refusal:
        toast(request, str(refusal), ton="alerte")
        return redirect(page)
    if len(asked.faites) > groupee.EN_LIGNE:
        transaction.on_commit(partial(ask_worker, run_groupee.name, request.acces.collectivite.pk, pk), robust=True)
        return redirect(page)
    done = groupee.run_here(action=asked, at=now)
    if done.geste == groupee.MACRO:
        return _after_macro(request, done)
    number = done.parametres["faites"] - len([each for each in done.echecs if each[2].startswith("Non annulée")])
    plural = "s" if number > 1 else ""
    toast(request, f"Annulé\u00a0: {number}\u00a0demande{plural} remise{plural} comme avant.")
    return redirect(page if done.echecs else reverse("demandes:liste", args=[slug]))


def _after_macro(request: RequeteAgent, done: ActionGroupee) -> HttpResponse:
    pk, slug = done.demandes[0][0], request.acces.collectivite.slug
    refused = groupee.show_echecs(done, request.acces)
    toast(request, refused[0][2] if refused else "Macro annulée.", ton="alerte" if refused else "bon")
    is_readable = Demande.objects.visible_to(request.acces).filter(pk=pk).exists()
    return redirect("demandes:fiche", slug, pk) if is_readable else redirect("demandes:liste", slug)


def _retour(request: RequeteAgent) -> str:
    """Back to the list as it was; never to another site."""
    home = reverse("demandes:liste", args=[request.acces.collectivite.slug])
    asked = request.POST.get("retour", "")
    inside = asked.startswith(home) and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if inside else home
