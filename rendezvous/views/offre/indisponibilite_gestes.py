"""Gestures on an unavailability: change it, lift it. Two doors, as for the list (see indisponibilites)."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from collectivites.acces import RequeteAgent, requires
from rendezvous.forms_offre_indisponibilite import FormulaireIndisponibilite
from rendezvous.models import Indisponibilite
from rendezvous.offre.actions import remove_indisponibilite
from rendezvous.offre.indisponibilites import list_touches
from rendezvous.offre.refus import OffreRefusee, VersionPerimee
from rendezvous.views.offre.cadre import find_url, list_lignes, show_page
from rendezvous.views.offre.indisponibilites import (
    OFFRE,
    TRAITER,
    describe_indisponibilite,
    get_routes,
    is_for_all,
    list_visible,
    show_detail,
    write_form,
)
from rendezvous.views.offre.versions import Ecart, face_current
from socle.nombres import read_nombre
from socle.toasts import toast


@requires(TRAITER)
@require_http_methods(["GET", "POST"])
def indisponibilite_modifier(request: RequeteAgent, pk: int) -> HttpResponse:
    """Change one of one's own."""
    return _change(request, pk)


@requires(OFFRE)
@require_http_methods(["GET", "POST"])
def indisponibilite_de_tous_modifier(request: RequeteAgent, pk: int) -> HttpResponse:
    """Change anyone's."""
    return _change(request, pk)


@requires(TRAITER)
@require_POST
def indisponibilite_retirer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Lift one of one's own."""
    return _remove(request, pk)


@requires(OFFRE)
@require_POST
def indisponibilite_de_tous_retirer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Lift anyone's."""
    return _remove(request, pk)


def _change(request: RequeteAgent, pk: int) -> HttpResponse:
    found = get_object_or_404(list_visible(request), pk=pk)
    form = _build(request, found, is_bound=request.method == "POST")
    if not form.is_bound:
        return _show(request, found, form)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    try:
        return write_form(request, form, found)
    except VersionPerimee as stale:
        form.add_error(None, str(stale))
        current = get_object_or_404(list_visible(request), pk=pk)
        gaps = face_current(form, _build(request, current, is_bound=False))
        return _show(request, current, form, ecarts=gaps, status=409)
    except OffreRefusee as refusal:
        form.add_error(None, str(refusal))
        return _show(request, get_object_or_404(list_visible(request), pk=pk), form, status=422)


def _build(request: RequeteAgent, rule: Indisponibilite, *, is_bound: bool) -> FormulaireIndisponibilite:
    return FormulaireIndisponibilite(
        request.POST if is_bound else None, collectivite=request.acces.collectivite, is_for_all=is_for_all(request),
        today=timezone.localdate(), instance=rule,
    )  # fmt: skip


def _show(
    request: RequeteAgent, rule: Indisponibilite, form: FormulaireIndisponibilite, *,
    ecarts: list[Ecart] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {
        "ligne": describe_indisponibilite(rule, ""), "form": form, "ecarts": ecarts or [],
        "lignes": list_lignes(request, list_touches(rule, at=timezone.now())),
        "retour_url": find_url(request, get_routes(request)["une"], rule.pk),
    }  # fmt: skip
    return show_page(request, "indisponibilite_modifier.html", context, onglet="indisponibilites", status=status)


def _remove(request: RequeteAgent, pk: int) -> HttpResponse:
    found = get_object_or_404(list_visible(request), pk=pk)
    version = read_nombre(request.POST.get("version", "")) or 0
    try:
        remove_indisponibilite(indisponibilite=found, version=version, by=request.acces.acteur, at=timezone.now())
    except VersionPerimee:
        why = "Cette indisponibilité a changé entre-temps\u00a0: relisez-la avant de la supprimer."
        return show_detail(request, get_object_or_404(list_visible(request), pk=pk), refus=why, status=409)
    toast(request, "Indisponibilité supprimée\u00a0: ce temps est de nouveau proposé.")
    return redirect(find_url(request, get_routes(request)["liste"]))
