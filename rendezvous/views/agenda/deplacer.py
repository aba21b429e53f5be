"""« Déplacer »: choose a slot (or drop the block), then confirm knowing who will be told. Works without script."""

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from rendezvous.agenda.blocs import write_local
from rendezvous.agenda.deplacement import (
    JOURS,
    Cible,
    Verdict,
    judge,
    list_jours,
    list_prevenus,
    list_ressources_de,
    read_cible,
    show_creneaux,
)
from rendezvous.agenda.dossier import tell_prevenus
from rendezvous.agenda.filtres import read_jour
from rendezvous.agenda.lecture import list_etats_ouverts
from rendezvous.creneaux.modele import RechercheRefusee
from rendezvous.heures import get_day
from rendezvous.models import RendezVous
from rendezvous.reservation.actions import move_rendezvous
from rendezvous.reservation.refus import CreneauPris, RendezVousRefuse, VersionPerimee
from rendezvous.views.agenda.fiche import Saisie, get_rendezvous, reload_rendezvous, show_fiche
from rendezvous.views.agenda.gestes import choose_retour, read_version
from socle.ecriture import write_long
from socle.toasts import toast

GABARIT = "rendezvous/agenda/deplacer.html"


@requires(Permission.RENDEZVOUS_TRAITER)
@require_http_methods(["GET", "HEAD", "POST"])
def deplacer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Show free slots, or the confirmation of one; a POST moves."""
    rdv, now = get_rendezvous(request, pk), timezone.now()
    if rdv.etat not in list_etats_ouverts():
        refusal = f"Ce rendez-vous est «\u00a0{rdv.get_etat_display().lower()}\u00a0»\u00a0: il ne se déplace plus."
        return show_fiche(request, rdv, Saisie(refus=refusal), status=409)
    asked = request.POST if request.method == "POST" else request.GET
    cible = read_cible(asked, rdv, request.acces)
    if cible is None:
        return show_choix(request, rdv, now, is_wrong="debut" in asked or "minute" in asked)
    if request.method == "POST":
        return _move(request, rdv, cible, now)
    return show_confirmation(request, rdv, cible, judge(rdv, cible, request.acces, at=now))


def show_choix(request: RequeteAgent, rdv: RendezVous, now: datetime, *, is_wrong: bool = False) -> HttpResponse:
    """Show the free slots of two weeks, with whoever receives now, or with anybody."""
    today = get_day(now, rdv.lieu.fuseau)
    first = max(today, read_jour(request.GET.get("du", "")) or get_day(rdv.debut_at, rdv.lieu.fuseau))
    is_anyone, refusal, days = request.GET.get("avec") == "tous", "", []
    try:
        days = list_jours(rdv, du=first, ressources=None if is_anyone else list_ressources_de(rdv) or None, at=now)
    except RechercheRefusee as refused:
        refusal = str(refused)
    step = timedelta(days=JOURS)
    context = _describe(request, rdv) | {
        "jours": days, "du": first, "au": first + step - timedelta(days=1), "avec_tous": is_anyone,
        "suivant": first + step, "precedent": max(today, first - step) if first > today else None,
        "refus": "Cette heure n'existe pas\u00a0: choisissez dans la liste." if is_wrong else refusal,
        "is_choix": True,
    }  # fmt: skip
    return render(request, GABARIT, context, status=422 if is_wrong else 200)


def show_confirmation(
    request: RequeteAgent, rdv: RendezVous, cible: Cible, verdict: Verdict, *, status: int = 200, refus: str = ""
) -> HttpResponse:
    """Show from when to when, who will be told; a time that is taken says why and gives the three nearest."""
    context = _describe(request, rdv) | {"cible": cible, "verdict": verdict, "refus": refus}
    if not verdict.is_libre and status == 200:
        status = 409
    return render(request, GABARIT, context, status=status)


def _describe(request: RequeteAgent, rdv: RendezVous) -> dict[str, object]:
    return {
        "rdv": rdv,
        "avant": write_local(rdv.debut_at, rdv.lieu.fuseau),
        "prevenus": list_prevenus(rdv),
        "retour": choose_retour(request, rdv),
        "version": read_version(request, rdv),
        "maintenant": timezone.now(),
        "page": reverse("rendezvous:deplacer", args=[request.acces.collectivite.slug, rdv.pk]),
        "prevenir": request.method != "POST" or bool(request.POST.get("prevenir")),
    }


def _move(request: RequeteAgent, rdv: RendezVous, cible: Cible, now: datetime) -> HttpResponse:
    tells, over = bool(request.POST.get("prevenir")), bool(request.POST.get("surnombre"))
    try:
        move_rendezvous(
            rendezvous=rdv, version=read_version(request, rdv), creneau=cible.creneau, by=request.acces.acteur, at=now,
            is_surbooking=over, is_prevenu=tells,
        )  # fmt: skip
    except CreneauPris as taken:
        verdict = judge(rdv, cible, request.acces, at=now)
        reason = verdict.raison or str(taken)
        near = show_creneaux(taken.alternatives) or verdict.alternatives
        return show_confirmation(
            request, rdv, cible, Verdict(is_libre=False, raison=reason, alternatives=near), status=409
        )
    except VersionPerimee as stale:
        return show_fiche(request, reload_rendezvous(request, rdv.pk), Saisie(refus=str(stale)), status=409)
    except RendezVousRefuse as refusal:
        verdict = judge(rdv, cible, request.acces, at=now)
        return show_confirmation(request, rdv, cible, verdict, status=409, refus=str(refusal))
    told = tell_prevenus(rdv, is_voulu=tells, depuis=now)
    toast(request, f"Rendez-vous déplacé au {write_long(cible.debut)}. {told}")
    return redirect(choose_retour(request, rdv))
