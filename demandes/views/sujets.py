"""Sujets communs: the list, one with all its demandes, one answer to all, closing all."""

import re
from functools import partial
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from collectivites.acces import Acces, RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.actions.sujets import SujetRefuse, attach_all, close_sujet, detach, open_sujet
from demandes.automates import groupee
from demandes.automates.sujets import ReponseVide, answer_all, close_all, list_demandes, list_envois
from demandes.automates.tasks import run_groupee
from demandes.cycle import ISSUES_A_CHOISIR, OUVERTS
from demandes.forms_travail import FormulaireSujet
from demandes.models import ActionGroupee, Demande, SujetCommun
from demandes.recherche import write_numero
from demandes.views.acces import get_demande
from demandes.views.travail_gestes import number, read_clef
from socle.ouvriers import ask_worker
from socle.toasts import toast

LIGNES_MAX = 300
_SEPARATEURS = re.compile(r"[\s,;]+")


@requires(Permission.DEMANDE_LIRE)
@require_GET
def sujets(request: RequeteAgent) -> HttpResponse:
    """List the sujets communs, those still open first, with how many demandes the agent may read in each."""
    rows = list(SujetCommun.objects.select_related("type").order_by("closed_at", "-at", "-pk")[:100])
    rows.sort(key=lambda sujet: sujet.closed_at is not None)
    mine = Demande.objects.visible_to(request.acces).filter(sujet_id__in=[row.pk for row in rows])
    counts = {
        row["sujet_id"]: row
        for row in mine.order_by()
        .values("sujet_id")
        .annotate(n=Count("pk"), ouvertes=Count("pk", filter=Q(etat__in=OUVERTS)))
    }
    lines = [(row, counts.get(row.pk, {"n": 0, "ouvertes": 0})) for row in rows]
    return render(request, "demandes/sujets.html", {"lignes": lines, "maintenant": timezone.now()})


@requires(Permission.DEMANDE_TRAITER)
@require_http_methods(["GET", "POST"])
def sujet_nouveau(request: RequeteAgent) -> HttpResponse:
    """Open a sujet from one demande (`?demande=12`), from a list of numbers, or empty."""
    first = Demande.objects.visible_to(request.acces).filter(pk=number(request.GET.get("demande", ""))).first()
    initial = {"titre": first.objet, "numeros": first.numero, "type": first.type_id} if first else {}
    form = FormulaireSujet(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        opened = _open(request, form)
        if opened is not None:
            return redirect("demandes:sujet", request.acces.collectivite.slug, opened.pk)
    return render(request, "demandes/sujet_nouveau.html", {"form": form}, status=422 if form.is_bound else 200)


def _open(request: RequeteAgent, form: FormulaireSujet) -> SujetCommun | None:
    said, by, at = form.cleaned_data, request.acces.acteur, timezone.now()
    try:
        with transaction.atomic():
            found = _read_numeros(request, said["numeros"])
            sujet = open_sujet(
                titre=said["titre"], description=said["description"], type=said["type"], clef=said["clef"], by=by,
                at=at,
            )  # fmt: skip
            attach_all(sujet=sujet, demandes=found, by=by, at=at)
    except SujetRefuse as refusal:
        form.add_error("numeros", str(refusal))
        return None
    plural = "s" if len(found) > 1 else ""
    toast(request, f"Sujet commun ouvert avec {len(found)}\u00a0demande{plural}.")
    return sujet


def _read_numeros(request: RequeteAgent, texte: str) -> list[Demande]:
    """Return the demandes typed, each once. Raises SujetRefuse naming the numbers nobody knows."""
    typed = [each for each in _SEPARATEURS.split(texte.strip()) if each][:LIGNES_MAX]
    year = timezone.localdate().year
    numeros = {each: write_numero(each, annee=year) for each in typed}
    wanted = [numero for numero in numeros.values() if numero]
    rows = {row.numero: row for row in Demande.objects.visible_to(request.acces).filter(numero__in=wanted)}
    unknown = [each for each, numero in numeros.items() if numero not in rows]
    if unknown:
        raise SujetRefuse(f"Aucune demande de ce numéro\u00a0: {', '.join(unknown[:5])}.")
    return list(rows.values())


@requires(Permission.DEMANDE_LIRE)
@require_GET
def sujet(request: RequeteAgent, pk: int) -> HttpResponse:
    """Show a sujet with its demandes, what was answered, and how far it is; an htmx request asks for the progress."""
    return _show(request, get_object_or_404(SujetCommun.objects.select_related("type", "par"), pk=pk))


def _show(
    request: RequeteAgent, sujet: SujetCommun, *, refus: str = "", texte: str = "", status: int = 200
) -> HttpResponse:
    rows = list(list_demandes(sujet, request.acces)[:LIGNES_MAX])
    sent = [_draw_envoi(action, request.acces) for action in list_envois(sujet)[:10]]
    still_open = sum(row.is_open for row in rows)
    context: dict[str, Any] = {
        "sujet": sujet, "demandes": rows, "ouvertes": still_open, "ouvertes_texte": str(still_open), "envois": sent,
        "en_cours": any(each["en_cours"] for each in sent), "refus": refus, "texte": texte, "issues": ISSUES_A_CHOISIR,
        "clef": uuid4(), "clef_clore": uuid4(), "maintenant": timezone.now(),
        "peut": request.acces.can(Permission.DEMANDE_TRAITER),
    }  # fmt: skip
    template = "demandes/sujet.html" + ("#progres" if request.htmx and not request.htmx.boosted else "")
    return render(request, template, context, status=status)


def _draw_envoi(action: ActionGroupee, acces: Acces) -> dict[str, Any]:
    total, left = len(action.demandes), groupee.count_left(action)
    return {
        "action": action, "libelle": action.parametres.get("libelle", ""), "total": total, "faites": total - left,
        "en_cours": action.etat == groupee.Etat.EN_COURS, "echecs": groupee.show_echecs(action, acces),
    }  # fmt: skip


@requires(Permission.DEMANDE_TRAITER)
@require_POST
def sujet_repondre(request: RequeteAgent, pk: int) -> HttpResponse:
    """Answer all, once each; close them too when an issue is chosen."""
    found = get_object_or_404(SujetCommun, pk=pk)
    texte, issue = request.POST.get("texte", ""), request.POST.get("issue", "")
    ask = partial(answer_all, texte=texte, issue=issue if issue in dict(ISSUES_A_CHOISIR) else "")
    return _launch(request, found, ask, texte=texte)


@requires(Permission.DEMANDE_TRAITER)
@require_POST
def sujet_clore(request: RequeteAgent, pk: int) -> HttpResponse:
    """Close every demande with an issue, or the sujet itself once none is open."""
    found = get_object_or_404(SujetCommun, pk=pk)
    issue = request.POST.get("issue", "")
    if issue in dict(ISSUES_A_CHOISIR):
        return _launch(request, found, partial(close_all, issue=issue))
    close_sujet(sujet=found, by=request.acces.acteur, at=timezone.now())
    toast(request, "Sujet commun clos\u00a0: plus aucune demande ne peut le rejoindre.")
    return redirect("demandes:sujet", request.acces.collectivite.slug, pk)


def _launch(request: RequeteAgent, found: SujetCommun, ask: Any, *, texte: str = "") -> HttpResponse:
    acces, now = request.acces, timezone.now()
    try:
        made = ask(sujet=found, clef=read_clef(request), acces=acces, agent=acces.agent, by=acces.acteur, at=now)
    except ReponseVide as refusal:
        return _show(request, found, refus=str(refusal), texte=texte, status=422)
    for action in made:
        transaction.on_commit(partial(ask_worker, run_groupee.name, acces.collectivite.pk, action.pk), robust=True)
    total = sum(len(action.demandes) for action in made)
    toast(request, f"En cours pour {total}\u00a0demande{'s' if total > 1 else ''}.")
    return redirect("demandes:sujet", acces.collectivite.slug, found.pk)


@requires(Permission.DEMANDE_TRAITER)
@require_POST
def sujet_ajouter(request: RequeteAgent, pk: int) -> HttpResponse:
    """Put demandes under the sujet, by their numbers."""
    found, typed = get_object_or_404(SujetCommun, pk=pk), request.POST.get("numeros", "")
    try:
        with transaction.atomic():
            rows = _read_numeros(request, typed)
            attach_all(sujet=found, demandes=rows, by=request.acces.acteur, at=timezone.now())
    except SujetRefuse as refusal:
        return _show(request, found, refus=str(refusal), status=422)
    toast(request, f"{len(rows)}\u00a0demande{'s' if len(rows) > 1 else ''} de plus dans ce sujet.")
    return redirect("demandes:sujet", request.acces.collectivite.slug, pk)


@requires(Permission.DEMANDE_TRAITER)
@require_POST
def sujet_retirer(request: RequeteAgent, pk: int, demande_pk: int) -> HttpResponse:
    """Take one demande out."""
    demande = get_demande(request, demande_pk)
    if demande.sujet_id == pk:
        detach(demande=demande, by=request.acces.acteur, at=timezone.now())
        toast(request, f"{demande.numero} ne fait plus partie de ce sujet.")
    return redirect("demandes:sujet", request.acces.collectivite.slug, pk)
