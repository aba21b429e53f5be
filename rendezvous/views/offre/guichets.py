"""« Guichets »: the counters, offices and rooms of each lieu."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from collectivites.acces import RequeteAgent, requires
from collectivites.models import Lieu
from collectivites.permissions import Permission
from rendezvous.forms_offre_lieux import FormulaireGuichet
from rendezvous.forms_offre_qui import list_lieux
from rendezvous.models import Guichet, PlageOuverture
from rendezvous.offre.actions import save_guichet
from rendezvous.offre.refus import OffreRefusee, VersionPerimee
from rendezvous.views.offre.cadre import show_page
from rendezvous.views.offre.versions import face_current, refuse
from socle.nombres import read_nombre
from socle.toasts import toast

OFFRE = Permission.OFFRE_MODIFIER


@requires(OFFRE)
@require_GET
def guichets(request: RequeteAgent) -> HttpResponse:
    """The counters by lieu, those out of service last, each with how many ranges it has."""
    groups: dict[int, dict[str, Any]] = {each.pk: {"lieu": each, "guichets": []} for each in list_lieux()}
    for each in Guichet.objects.select_related("lieu").order_by("-is_active", "libelle", "pk"):
        groups.setdefault(each.lieu_id, {"lieu": each.lieu, "guichets": []})["guichets"].append(each)
    return show_page(
        request, "guichets.html", {"groupes": list(groups.values()), "reserves": _list_booked()}, onglet="guichets"
    )


def _list_booked() -> set[int]:
    """Counters that are booked themselves (ranges in service)."""
    rows = PlageOuverture.objects.filter(is_active=True, ressource__guichet__isnull=False)
    return set(rows.order_by("pk").values_list("ressource__guichet_id", flat=True))


@requires(OFFRE)
@require_http_methods(["GET", "POST"])
def guichet(request: RequeteAgent, pk: int | None = None) -> HttpResponse:
    """Create a counter (`?lieu=`), or change one."""
    instance = get_object_or_404(Guichet, pk=pk) if pk else None
    asked = read_nombre(request.GET.get("lieu", ""))
    form = FormulaireGuichet(
        request.POST if request.method == "POST" else None, instance=instance, initial={"lieu": asked} if asked else {}
    )
    if not form.is_bound:
        return _show(request, form, pk)
    if not form.is_valid():
        return _show(request, form, pk, status=422)
    try:
        saved = save_guichet(
            guichet=form.instance, version=form.cleaned_data["version"] or 0, by=request.acces.acteur,
            at=timezone.now(),
        )  # fmt: skip
    except (VersionPerimee, OffreRefusee) as refusal:
        return _show(request, form, pk, status=refuse(form, refusal))
    toast(request, f"«\u00a0{saved.libelle}\u00a0» enregistré.")
    return redirect("rendezvous:guichets", request.acces.collectivite.slug)


def _show(request: RequeteAgent, form: FormulaireGuichet, pk: int | None, *, status: int = 200) -> HttpResponse:
    kept = get_object_or_404(Guichet, pk=pk) if pk else None
    gaps = face_current(form, FormulaireGuichet(instance=kept)) if status == 409 and kept else []
    context = {
        "form": form, "titre": kept.libelle if kept else "Nouveau guichet", "ecarts": gaps,
        "sans_lieu": not Lieu.objects.filter(is_active=True).exists(),
    }  # fmt: skip
    return show_page(request, "guichet.html", context, onglet="guichets", status=status)
