"""« Séances collectives »: open one, see who is registered, change its seats. Moving and cancelling are beside."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from rendezvous.forms_offre_qui import list_lieux
from rendezvous.forms_offre_seance import FormulaireAnnulation, FormulairePlaces, FormulaireSeance
from rendezvous.heures import to_instant, to_local
from rendezvous.models import Motif, RendezVous, Seance
from rendezvous.offre.actions import find_ressource
from rendezvous.offre.refus import OffreRefusee, VersionPerimee
from rendezvous.reservation.refus import CreneauPris, RendezVousRefuse
from rendezvous.reservation.seances import open_seance, resize_seance
from rendezvous.views.offre.cadre import find_url, list_lignes, show_page
from rendezvous.views.offre.versions import refresh_version
from socle.ecriture import write_jour
from socle.nombres import read_nombre
from socle.texte import normalise
from socle.toasts import toast

OFFRE = Permission.OFFRE_MODIFIER
CHAMPS = {"debut_at": "debut", "fin_at": "fin", "places": "places"}  # of the refusals → of the form
LIGNES_MAX = 200
PASSEES_JOURS = 60


def load_seances() -> Any:
    """Sessions with why, where and who leads."""
    return Seance.objects.select_related("motif__service", "lieu", "ressource")


@requires(OFFRE)
@require_GET
def seances(request: RequeteAgent) -> HttpResponse:
    """The sessions to come; on request those of the last two months."""
    now, is_past = timezone.now(), request.GET.get("passees") == "oui"
    rows = load_seances()
    if is_past:
        rows = rows.filter(debut_at__lt=now, debut_at__gte=now - timedelta(days=PASSEES_JOURS))
        rows = rows.order_by("-debut_at", "-pk")
    else:
        rows = rows.filter(debut_at__gte=now).order_by("debut_at", "pk")
    context = {
        "lignes": [describe_seance(each) for each in rows[:LIGNES_MAX]], "passees": is_past,
        "has_motif": Motif.objects.filter(is_collectif=True, is_active=True).exists(),
    }  # fmt: skip
    return show_page(request, "seances.html", context, onglet="seances")


def describe_seance(seance: Seance) -> dict[str, Any]:
    """A session in words, on the clock of its lieu."""
    start, end = (to_local(each, seance.lieu.fuseau) for each in (seance.debut_at, seance.fin_at))
    hours = " – ".join(f"{each.hour}\u00a0h\u00a0{each.minute:02d}" for each in (start, end))
    return {
        "seance": seance, "titre": seance.titre or seance.motif.libelle,
        "quand": f"{write_jour(seance.jour)}, {hours}", "restantes": seance.places - seance.inscrits,
    }  # fmt: skip


@requires(OFFRE)
@require_http_methods(["GET", "POST"])
def seance_nouvelle(request: RequeteAgent) -> HttpResponse:
    """Open a session: it takes all the time of who leads it."""
    form = FormulaireSeance(
        request.POST if request.method == "POST" else None, collectivite=request.acces.collectivite,
        initial=_start(request),
    )  # fmt: skip
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                seance = _open(request, form)
            except CreneauPris:
                form.add_error("debut", f"{_name(form)} a déjà un rendez-vous ou une séance à cette heure.")
                status = 409
            except RendezVousRefuse as refusal:
                form.add_error(CHAMPS.get(refusal.champ), refusal.phrase)
            except OffreRefusee as refusal:
                form.add_error("qui", str(refusal))
            else:
                toast(request, f"Séance ouverte, {seance.places} place{'s' if seance.places > 1 else ''}.")
                return redirect("rendezvous:seance", request.acces.collectivite.slug, seance.pk)
    return show_page(request, "seance_nouvelle.html", {"form": form}, onglet="seances", status=status)


def _name(form: FormulaireSeance) -> str:
    qui = form.cleaned_data["qui"]
    return str(qui.agent or qui.guichet)


def _start(request: RequeteAgent) -> dict[str, Any]:
    lieux = list(list_lieux()[:2])
    asked = read_nombre(request.GET.get("motif", ""))
    return {"motif": asked} | ({"lieu": lieux[0].pk} if len(lieux) == 1 else {})


def _open(request: RequeteAgent, form: FormulaireSeance) -> Seance:
    said = form.cleaned_data
    zone = said["lieu"].fuseau
    return open_seance(
        motif=said["motif"], lieu=said["lieu"], titre=said["titre"], places=said["places"],
        ressource=find_ressource(agent=said["qui"].agent, guichet=said["qui"].guichet),
        debut_at=to_instant(said["jour"], said["debut"], zone), fin_at=to_instant(said["jour"], said["fin"], zone),
        by=request.acces.acteur, at=timezone.now(),
    )  # fmt: skip


@requires(OFFRE)
@require_http_methods(["GET", "POST"])
def seance(request: RequeteAgent, pk: int) -> HttpResponse:
    """A session and who is registered; posting changes its title and its seats."""
    found = get_object_or_404(load_seances(), pk=pk)
    if request.method != "POST":
        return show_seance(request, found)
    form = FormulairePlaces(request.POST)
    if not form.is_valid():
        return show_seance(request, found, form=form, status=422)
    said = form.cleaned_data
    try:
        resize_seance(
            seance=found, version=said["version"] or 0, places=said["places"], titre=said["titre"],
            by=request.acces.acteur, at=timezone.now(),
        )  # fmt: skip
    except VersionPerimee as stale:
        form.add_error(None, str(stale))
        refresh_version(form, Seance.objects.values_list("version", flat=True).get(pk=pk))
        return show_seance(request, get_object_or_404(load_seances(), pk=pk), form=form, status=409)
    except RendezVousRefuse as refusal:
        form.add_error(CHAMPS.get(refusal.champ), refusal.phrase)
        return show_seance(request, found, form=form, status=409)
    toast(request, "Séance modifiée.")
    return redirect("rendezvous:seance", request.acces.collectivite.slug, pk)


def show_seance(
    request: RequeteAgent, seance: Seance, *, form: FormulairePlaces | None = None,
    annulation: FormulaireAnnulation | None = None, refus: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Draw a session: who is registered, what may be done to it."""
    rows = RendezVous.objects.booked().for_list().filter(seance=seance)
    version = {"version": seance.version}
    is_ahead = seance.debut_at > timezone.now() and not seance.is_annulee
    context = {
        "ligne": describe_seance(seance),
        "inscrits": sorted(list_lignes(request, rows), key=lambda each: normalise(each.qui)),
        "form": form or FormulairePlaces(initial={"titre": seance.titre, "places": seance.places} | version),
        "annulation": annulation or FormulaireAnnulation(initial=version), "refus": refus,
        "a_venir": is_ahead, "inscrire_url": _write_inscription(request, seance) if is_ahead else "",
        "emargement_url": find_url(request, "emargement", seance.pk) if can_read(request, seance) else "",
    }  # fmt: skip
    return show_page(request, "seance.html", context, onglet="seances", status=status)


def _write_inscription(request: RequeteAgent, seance: Seance) -> str:
    """The booking screen, on the motif and the day of this session; nothing when it is full or one may not book."""
    may = request.acces.can(Permission.RENDEZVOUS_TRAITER) and can_read(request, seance)
    if not may or seance.inscrits >= seance.places or not seance.motif.is_active:
        return ""
    return f"{find_url(request, 'prendre')}?{urlencode({'motif': seance.motif_id, 'du': seance.jour.isoformat()})}"


def can_read(request: RequeteAgent, seance: Seance) -> bool:
    """True when the agent may know who comes to a session of this service."""
    acces = request.acces
    return acces.can(Permission.RENDEZVOUS_LIRE) and seance.motif.service.domaine in acces.domaines
