"""Gestures on a session: move it with everybody, cancel it, print the sheet that those who come will sign."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from journal.actions import record_readings
from journal.models import Consultation
from rendezvous.agenda.inscrits import list_inscrits
from rendezvous.forms_offre_seance import FormulaireAnnulation, FormulaireDeplacement
from rendezvous.heures import to_instant
from rendezvous.models import Seance
from rendezvous.offre.actions import find_ressource
from rendezvous.offre.refus import OffreRefusee, VersionPerimee
from rendezvous.reservation.refus import CreneauPris, RendezVousRefuse
from rendezvous.reservation.seances import cancel_seance, move_seance
from rendezvous.views.offre.cadre import show_page
from rendezvous.views.offre.seances import CHAMPS, can_read, describe_seance, load_seances, show_seance
from rendezvous.views.offre.versions import refresh_version
from socle.toasts import toast

OFFRE = Permission.OFFRE_MODIFIER


@requires(OFFRE)
@require_http_methods(["GET", "POST"])
def seance_deplacer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Choose another time, place or leader, knowing how many come and who must be called; a POST moves everybody."""
    found = get_object_or_404(load_seances(), pk=pk)
    if found.is_annulee or found.debut_at <= timezone.now():
        why = "est annulée" if found.is_annulee else "a commencé"
        return show_seance(request, found, refus=f"Cette séance {why}\u00a0: elle ne se déplace plus.", status=409)
    form = FormulaireDeplacement(
        request.POST if request.method == "POST" else None, collectivite=request.acces.collectivite, seance=found
    )
    if not form.is_bound:
        return _show(request, found, form)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    status = _move(request, found, form)
    if status:
        return _show(request, get_object_or_404(load_seances(), pk=pk), form, status=status)
    return redirect("rendezvous:seance", request.acces.collectivite.slug, pk)


def _move(request: RequeteAgent, seance: Seance, form: FormulaireDeplacement) -> int:
    """Move, and say so; return 0, or the status of a refusal, whose sentence is then in the form."""
    said, at = form.cleaned_data, timezone.now()
    zone = said["lieu"].fuseau
    try:
        moved = move_seance(
            seance=seance, version=said["version"] or 0, lieu=said["lieu"], by=request.acces.acteur, at=at,
            ressource=find_ressource(agent=said["qui"].agent, guichet=said["qui"].guichet),
            debut_at=to_instant(said["jour"], said["debut"], zone), is_prevenu=said["prevenir"],
            fin_at=to_instant(said["jour"], said["fin"], zone),
        )  # fmt: skip
    except CreneauPris:
        form.add_error("debut", f"{said['qui'].agent or said['qui'].guichet} est déjà pris à cette heure.")
    except VersionPerimee as stale:
        form.add_error(None, str(stale))
        refresh_version(form, Seance.objects.values_list("version", flat=True).get(pk=seance.pk))
    except RendezVousRefuse as refusal:
        form.add_error(CHAMPS.get(refusal.champ), refusal.phrase)
    except OffreRefusee as refusal:
        form.add_error("qui", str(refusal))
    else:
        toast(request, _tell_moved(moved, is_prevenu=said["prevenir"]))
        return 0
    return 409


def _tell_moved(seance: Seance, *, is_prevenu: bool) -> str:
    when = describe_seance(seance)["quand"]
    if not seance.inscrits:
        return f"Séance déplacée\u00a0: {when}."
    return f"Séance déplacée\u00a0: {when}. {'Les inscrits sont prévenus.' if is_prevenu else 'Aucun message parti.'}"


def _show(request: RequeteAgent, seance: Seance, form: FormulaireDeplacement, *, status: int = 200) -> HttpResponse:
    who = list_inscrits(seance, request.acces, is_a_venir=True)
    context: dict[str, Any] = {
        "ligne": describe_seance(seance), "form": form, "inscrits": who,
        "bouton_libelle": f"Déplacer la séance et ses {who.places}\u00a0inscrits" if who.places > 1
        else "Déplacer la séance",
    }  # fmt: skip
    return show_page(request, "seance_deplacer.html", context, onglet="seances", status=status)


@requires(OFFRE)
@require_POST
def seance_annuler(request: RequeteAgent, pk: int) -> HttpResponse:
    """Cancel a session: everybody registered is told why, unless the agent says that they know."""
    found = get_object_or_404(load_seances(), pk=pk)
    form = FormulaireAnnulation(request.POST)
    if not form.is_valid():
        return show_seance(request, found, annulation=form, status=422)
    said = form.cleaned_data
    try:
        count = cancel_seance(
            seance=found, version=said["version"] or 0, raison=said["raison"], is_prevenu=said["prevenir"],
            by=request.acces.acteur, at=timezone.now(),
        )  # fmt: skip
    except (RendezVousRefuse, VersionPerimee) as refusal:
        current = get_object_or_404(load_seances(), pk=pk)
        refresh_version(form, current.version)
        return show_seance(request, current, annulation=form, refus=str(refusal), status=409)
    message = "avec votre message" if said["prevenir"] else "sans message"
    told = f"{count} inscription{'s' if count > 1 else ''} annulée{'s' if count > 1 else ''} {message}"
    toast(request, f"Séance annulée, {told if count else 'personne n’était inscrit'}.")
    return redirect("rendezvous:seance", request.acces.collectivite.slug, pk)


@requires(Permission.RENDEZVOUS_LIRE)
@require_safe
def emargement(request: RequeteAgent, pk: int) -> HttpResponse:
    """The sheet to sign: one line a seat, in the order of names. What is printed is read."""
    found = get_object_or_404(load_seances(), pk=pk)
    if not can_read(request, found):
        raise Http404
    who = list_inscrits(found, request.acces)
    read = [(rdv.usager_id, rdv.pk) for rdv in who.rendezvous.values()]
    now = timezone.now()
    record_readings(vue=Consultation.Vue.RENDEZVOUS, lus=read, agent_id=request.acces.agent.pk, at=now)
    free = max(0, found.places - found.inscrits)
    context = {
        "ligne": describe_seance(found), "inscrits": who, "maintenant": now, "libres": range(min(free, 5)),
        "peut_modifier": request.acces.can(OFFRE),
    }  # fmt: skip
    return render(request, "rendezvous/offre/emargement.html", context)
