"""Gestures on a range: skip a day, take it back, close the range for good."""

from copy import copy
from datetime import date

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.models import Zone
from rendezvous.forms_offre_plage import FormulairePlage
from rendezvous.models import Motif, PlageOuverture, RendezVous
from rendezvous.offre.actions import retire_plage, save_plage, skip_day
from rendezvous.offre.refus import OffreRefusee, VersionPerimee
from rendezvous.views.offre.cadre import find_url, tell_orphelins
from rendezvous.views.offre.plages import load_plages, show_plage
from socle.ecriture import write_jour
from socle.nombres import read_nombre
from socle.toasts import toast

OFFRE = Permission.OFFRE_MODIFIER
REFUS = (OffreRefusee, VersionPerimee)


def _load(pk: int) -> PlageOuverture:
    found: PlageOuverture = get_object_or_404(load_plages().filter(is_active=True), pk=pk)
    return found


def _refuse(request: RequeteAgent, plage: PlageOuverture, refusal: Exception) -> HttpResponse:
    form = FormulairePlage(collectivite=request.acces.collectivite, instance=plage)
    return show_plage(request, form, refus=str(refusal), status=409)


def _version(request: RequeteAgent) -> int:
    return read_nombre(request.POST.get("version", "")) or 0


def _read_jour(request: RequeteAgent) -> date | None:
    try:
        return date.fromisoformat(request.POST.get("jour", ""))
    except ValueError:
        return None


@requires(OFFRE)
@require_POST
def plage_sauter(request: RequeteAgent, pk: int) -> HttpResponse:
    """Leave one day out."""
    found, jour = _load(pk), _read_jour(request)
    try:
        if jour is None:
            raise OffreRefusee("Choisissez le jour à sauter.")
        done = skip_day(plage=found, jour=jour, version=_version(request), by=request.acces.acteur, at=timezone.now())
    except REFUS as refusal:
        return _refuse(request, found, refusal)
    return _after(request, done.plage, done.orphelins, f"La plage n'ouvre pas le {write_jour(jour)}.")


@requires(OFFRE)
@require_POST
def plage_retablir(request: RequeteAgent, pk: int) -> HttpResponse:
    """Open again on a day that was left out."""
    found, jour = _load(pk), _read_jour(request)
    again = copy(found)
    again.exceptions = [each for each in found.exceptions if each != jour]
    motifs = Motif.objects.filter(liens_plages__plage=found).order_by("pk")
    zones = Zone.objects.filter(pk__in=found.liens_zones.values("zone_id")).order_by("pk")
    try:
        done = save_plage(
            plage=again, motifs=list(motifs), zones=list(zones), version=_version(request), by=request.acces.acteur,
            at=timezone.now(),
        )  # fmt: skip
    except REFUS as refusal:
        return _refuse(request, found, refusal)
    said = f"La plage ouvre de nouveau le {write_jour(jour)}." if jour else "Rien n'a changé."
    return _after(request, done.plage, done.orphelins, said)


@requires(OFFRE)
@require_POST
def plage_retirer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Close a range: nothing more is offered, appointments stay and those nothing holds are listed."""
    found = _load(pk)
    try:
        lost = retire_plage(plage=found, version=_version(request), by=request.acces.acteur, at=timezone.now())
    except REFUS as refusal:
        return _refuse(request, found, refusal)
    if lost:
        return _after(request, found, lost, "Plage fermée.")
    toast(request, "Plage fermée\u00a0: elle n'offre plus de créneau.")
    return redirect("rendezvous:plages", request.acces.collectivite.slug)


def _after(request: RequeteAgent, plage: PlageOuverture, lost: list[RendezVous], said: str) -> HttpResponse:
    """Say it, and show the appointments left without range, when there are some."""
    if not lost:
        toast(request, said)
        return redirect("rendezvous:plage", request.acces.collectivite.slug, plage.pk)
    toast(request, f"{said} {tell_orphelins(len(lost))}", ton="alerte")
    return redirect(f"{find_url(request, 'orphelins')}?ressource={plage.ressource_id}")
