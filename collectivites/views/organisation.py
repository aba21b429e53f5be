"""Settings: the collectivité, its services, its places and their hours."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.actions import add_fermeture, remove_fermeture, save_collectivite, save_lieu, save_service
from collectivites.feries import compute_feries
from collectivites.forms.organisation import (
    FormulaireCollectivite,
    FormulaireFermeture,
    FormulaireLieu,
    FormulaireService,
)
from collectivites.menu import entrees
from collectivites.models import Collectivite, Fermeture, Horaire, Lieu, Service
from collectivites.permissions import Permission
from collectivites.plages import show_plages
from socle.toasts import toast

REGLER = Permission.REGLAGE_MODIFIER


@requires(REGLER)
def reglages(request: RequeteAgent) -> HttpResponse:
    """The list of settings screens of every floor."""
    return render(request, "collectivites/reglages.html", {"entrees": list(entrees)})


@requires(REGLER)
def identite(request: RequeteAgent) -> HttpResponse:
    """Name, address, colour, calendar of the collectivité."""
    collectivite = get_object_or_404(Collectivite, pk=request.acces.collectivite.pk)
    form = FormulaireCollectivite(request.POST or None, instance=collectivite)
    if request.method == "POST" and form.is_valid():
        save_collectivite(collectivite=form.instance, by=request.acces.acteur, at=timezone.now())
        toast(request, "Collectivité enregistrée.")
        return redirect("collectivites:identite", request.acces.collectivite.slug)
    return _form(request, form, titre="Collectivité", retour="collectivites:reglages")


@requires(REGLER)
def services(request: RequeteAgent) -> HttpResponse:
    """The services, active first."""
    rows = Service.objects.order_by("-is_active", "nom", "pk")
    return render(request, "collectivites/services.html", {"services": rows})


@requires(REGLER)
def service(request: RequeteAgent, pk: int | None = None) -> HttpResponse:
    """Create a service, or change one."""
    instance = get_object_or_404(Service, pk=pk) if pk else None
    form = FormulaireService(request.POST or None, instance=instance)
    if request.method == "POST" and form.is_valid():
        saved = save_service(service=form.instance, by=request.acces.acteur, at=timezone.now())
        toast(request, f"Service « {saved.nom} » enregistré.")
        return redirect("collectivites:services", request.acces.collectivite.slug)
    titre = instance.nom if instance else "Nouveau service"
    return _form(request, form, titre=titre, retour="collectivites:services")


@requires(REGLER)
def lieux(request: RequeteAgent) -> HttpResponse:
    """The places with their week, the closures to come, the public holidays of the year."""
    today = timezone.localdate()
    zone = request.acces.collectivite.zone_feries
    context = {
        "lieux": _weeks(list(Lieu.objects.order_by("-is_active", "nom", "pk"))),
        "fermetures": Fermeture.objects.select_related("lieu").filter(fin_on__gte=today).order_by("debut_on", "pk"),
        "feries": sorted(compute_feries(today.year, zone).items()),
        "annee": today.year,
    }
    return render(request, "collectivites/lieux.html", context)


def _weeks(lieux: list[Lieu]) -> list[tuple[Lieu, list[tuple[str, str]]]]:
    """Pair each lieu with its seven days in words (one query for all)."""
    hours: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for horaire in Horaire.objects.order_by("debut_minute"):
        hours.setdefault((horaire.lieu_id, horaire.jour), []).append((horaire.debut_minute, horaire.fin_minute))
    return [
        (
            lieu,
            [(str(nom), show_plages(hours.get((lieu.pk, jour), [])) or "fermé") for jour, nom in Horaire.Jour.choices],
        )
        for lieu in lieux
    ]


@requires(REGLER)
def lieu(request: RequeteAgent, pk: int | None = None) -> HttpResponse:
    """Create a place, or change one and its week."""
    instance = get_object_or_404(Lieu, pk=pk) if pk else None
    form = FormulaireLieu(
        request.POST or None, instance=instance, zone_ville=request.acces.collectivite.zone_feries,
        annee=timezone.localdate().year,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        saved = save_lieu(lieu=form.instance, plages=form.plages, by=request.acces.acteur, at=timezone.now())
        toast(request, f"Lieu « {saved.nom} » enregistré.")
        return redirect("collectivites:lieux", request.acces.collectivite.slug)
    titre = instance.nom if instance else "Nouveau lieu"
    return _form(request, form, titre=titre, retour="collectivites:lieux")


@requires(REGLER)
def fermeture(request: RequeteAgent) -> HttpResponse:
    """Add a closure."""
    form = FormulaireFermeture(request.POST or None)
    if request.method == "POST" and form.is_valid():
        add_fermeture(**form.cleaned_data, by=request.acces.acteur, at=timezone.now())
        toast(request, "Fermeture enregistrée.")
        return redirect("collectivites:lieux", request.acces.collectivite.slug)
    return _form(request, form, titre="Nouvelle fermeture", retour="collectivites:lieux")


@requires(REGLER)
@require_POST
def fermeture_retirer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Remove a closure."""
    remove_fermeture(fermeture=get_object_or_404(Fermeture, pk=pk), by=request.acces.acteur, at=timezone.now())
    toast(request, "Fermeture retirée.")
    return redirect("collectivites:lieux", request.acces.collectivite.slug)


def _form(request: RequeteAgent, form: object, *, titre: str, retour: str) -> HttpResponse:
    """A settings form on its own page; 422 when what was typed was refused."""
    context = {"form": form, "titre": titre, "retour": retour}
    status = 422 if request.method == "POST" else 200
    return render(request, "collectivites/formulaire.html", context, status=status)
