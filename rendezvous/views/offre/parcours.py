"""« Parcours et trajets »: bundles of motifs for one visit, and minutes between the lieux."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from collectivites.reglages import get_reglage
from rendezvous.forms_offre_parcours import FormulaireModele, FormulaireTrajets
from rendezvous.forms_offre_qui import list_lieux
from rendezvous.models import EtapeParcours, ModeleParcours, Trajet
from rendezvous.offre.refus import OffreRefusee, VersionPerimee
from rendezvous.parcours.modeles import save_modele, save_trajets
from rendezvous.views.offre.cadre import show_page
from rendezvous.views.offre.versions import face_current, refuse
from socle.toasts import toast

OFFRE = Permission.OFFRE_MODIFIER


@requires(OFFRE)
@require_GET
def parcours_modeles(request: RequeteAgent) -> HttpResponse:
    """The bundles with their stops; the ways between lieux beside."""
    return _show_all(request, _trajets(request))


@requires(OFFRE)
@require_http_methods(["GET", "POST"])
def trajets(request: RequeteAgent) -> HttpResponse:
    """Write the minutes between lieux; a plain visit shows the bundles, where the form is."""
    if request.method != "POST":
        return redirect("rendezvous:parcours_modeles", request.acces.collectivite.slug)
    form = _trajets(request)
    if not form.is_valid():
        return _show_all(request, form, status=422)
    save_trajets(minutes=form.minutes, by=request.acces.acteur, at=timezone.now())
    toast(request, "Trajets enregistrés.")
    return redirect("rendezvous:parcours_modeles", request.acces.collectivite.slug)


def _trajets(request: RequeteAgent) -> FormulaireTrajets:
    known = {(each.de_id, each.vers_id): each.minutes for each in Trajet.objects.order_by("pk")}
    return FormulaireTrajets(
        request.POST if request.method == "POST" else None, lieux=list(list_lieux()), connus=known,
        defaut=get_reglage("rendezvous.trajet_minutes"),
    )  # fmt: skip


def _show_all(request: RequeteAgent, form: FormulaireTrajets, *, status: int = 200) -> HttpResponse:
    steps: dict[int, list[Any]] = {}
    for step in EtapeParcours.objects.select_related("motif__service").order_by("modele_id", "rang"):
        steps.setdefault(step.modele_id, []).append(step.motif)
    rows = ModeleParcours.objects.order_by("-is_active", "libelle", "pk")
    context = {
        "modeles": [(each, steps.get(each.pk, [])) for each in rows], "trajets": form, "defaut": form.defaut,
    }  # fmt: skip
    return show_page(request, "parcours_modeles.html", context, onglet="parcours_modeles", status=status)


@requires(OFFRE)
@require_http_methods(["GET", "POST"])
def parcours_modele(request: RequeteAgent, pk: int | None = None) -> HttpResponse:
    """Create a bundle, or change one."""
    instance = get_object_or_404(ModeleParcours, pk=pk) if pk else None
    form = FormulaireModele(request.POST if request.method == "POST" else None, instance=instance)
    if not form.is_bound:
        return _show(request, form, pk)
    if not form.is_valid():
        return _show(request, form, pk, status=422)
    said = form.cleaned_data
    try:
        saved = save_modele(
            modele=form.instance, motifs=said["motifs"], version=said["version"] or 0, by=request.acces.acteur,
            at=timezone.now(),
        )  # fmt: skip
    except (VersionPerimee, OffreRefusee) as refusal:
        return _show(request, form, pk, status=refuse(form, refusal, "libelle"))
    toast(request, f"Parcours «\u00a0{saved.libelle}\u00a0» enregistré.")
    return redirect("rendezvous:parcours_modeles", request.acces.collectivite.slug)


def _show(request: RequeteAgent, form: FormulaireModele, pk: int | None, *, status: int = 200) -> HttpResponse:
    kept = get_object_or_404(ModeleParcours, pk=pk) if pk else None
    gaps = face_current(form, FormulaireModele(instance=kept)) if status == 409 and kept else []
    context = {"form": form, "titre": kept.libelle if kept else "Nouveau parcours", "ecarts": gaps}
    return show_page(request, "parcours_modele.html", context, onglet="parcours_modeles", status=status)
