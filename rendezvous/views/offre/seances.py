"""« Séances collectives »: open one, see who is registered, change its seats, cancel it with a message."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from rendezvous.forms_offre_lieux import FormulaireAnnulation, FormulairePlaces, FormulaireSeance
from rendezvous.forms_offre_qui import list_lieux
from rendezvous.heures import to_instant, to_local
from rendezvous.models import Motif, RendezVous, Seance
from rendezvous.offre.actions import find_ressource
from rendezvous.offre.refus import OffreRefusee
from rendezvous.reservation.refus import CreneauPris, RendezVousRefuse
from rendezvous.reservation.seances import cancel_seance, open_seance, resize_seance
from rendezvous.views.offre.cadre import list_lignes, show_page
from socle.ecriture import write_jour
from socle.nombres import read_nombre
from socle.toasts import toast

OFFRE = Permission.OFFRE_MODIFIER
CHAMPS = {"debut_at": "debut", "fin_at": "fin", "places": "places"}  # of the refusals → of the form
LIGNES_MAX = 200
PASSEES_JOURS = 60


def _list_seances() -> Any:
    return Seance.objects.select_related("motif", "lieu", "ressource")


@requires(OFFRE)
@require_GET
def seances(request: RequeteAgent) -> HttpResponse:
    """The sessions to come; on request those of the last two months."""
    now, is_past = timezone.now(), request.GET.get("passees") == "oui"
    rows = _list_seances()
    if is_past:
        rows = rows.filter(debut_at__lt=now, debut_at__gte=now - timedelta(days=PASSEES_JOURS))
        rows = rows.order_by("-debut_at", "-pk")
    else:
        rows = rows.filter(debut_at__gte=now).order_by("debut_at", "pk")
    context = {
        "lignes": [_describe(each) for each in rows[:LIGNES_MAX]], "passees": is_past,
        "has_motif": Motif.objects.filter(is_collectif=True, is_active=True).exists(),
    }  # fmt: skip
    return show_page(request, "seances.html", context, onglet="seances")


def _describe(seance: Seance) -> dict[str, Any]:
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
    found = get_object_or_404(_list_seances(), pk=pk)
    start = {"titre": found.titre, "places": found.places}
    form = FormulairePlaces(request.POST if request.method == "POST" else None, initial=start)
    if not form.is_bound:
        return _show(request, found, form=form)
    if form.is_valid():
        try:
            resize_seance(seance=found, **form.cleaned_data, by=request.acces.acteur, at=timezone.now())
        except RendezVousRefuse as refusal:
            form.add_error(CHAMPS.get(refusal.champ), refusal.phrase)
            return _show(request, found, form=form, status=409)
        toast(request, "Séance modifiée.")
        return redirect("rendezvous:seance", request.acces.collectivite.slug, pk)
    return _show(request, found, form=form, status=422)


@requires(OFFRE)
@require_POST
def seance_annuler(request: RequeteAgent, pk: int) -> HttpResponse:
    """Cancel a session: everybody registered is told why."""
    found = get_object_or_404(_list_seances(), pk=pk)
    form = FormulaireAnnulation(request.POST)
    if not form.is_valid():
        return _show(request, found, annulation=form, status=422)
    try:
        count = cancel_seance(
            seance=found, raison=form.cleaned_data["raison"], by=request.acces.acteur, at=timezone.now()
        )
    except RendezVousRefuse as refusal:
        return _show(request, found, annulation=form, refus=refusal.phrase, status=409)
    told = f"{count} inscription{'s' if count > 1 else ''} annulée{'s' if count > 1 else ''} avec votre message"
    toast(request, f"Séance annulée, {told if count else 'personne n’était inscrit'}.")
    return redirect("rendezvous:seance", request.acces.collectivite.slug, pk)


def _show(
    request: RequeteAgent, seance: Seance, *, form: FormulairePlaces | None = None,
    annulation: FormulaireAnnulation | None = None, refus: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    rows = RendezVous.objects.booked().for_list().filter(seance=seance)
    context = {
        "ligne": _describe(seance), "inscrits": list_lignes(request, rows.order_by("created_at", "pk")),
        "form": form or FormulairePlaces(initial={"titre": seance.titre, "places": seance.places}),
        "annulation": annulation or FormulaireAnnulation(), "refus": refus,
        "a_venir": seance.debut_at > timezone.now() and not seance.is_annulee,
    }  # fmt: skip
    return show_page(request, "seance.html", context, onglet="seances", status=status)
