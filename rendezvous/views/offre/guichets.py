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
from rendezvous.offre.refus import OffreRefusee
from rendezvous.views.offre.cadre import show_page
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
    if form.is_bound and form.is_valid():
        try:
            saved = save_guichet(guichet=form.instance, by=request.acces.acteur, at=timezone.now())
        except OffreRefusee as refusal:
            form.add_error(None, str(refusal))
        else:
            toast(request, f"«\u00a0{saved.libelle}\u00a0» enregistré.")
            return redirect("rendezvous:guichets", request.acces.collectivite.slug)
    name = Guichet.objects.values_list("libelle", flat=True).get(pk=pk) if pk else "Nouveau guichet"
    context = {"form": form, "titre": name, "sans_lieu": not Lieu.objects.filter(is_active=True).exists()}
    return show_page(request, "guichet.html", context, onglet="guichets", status=422 if form.is_bound else 200)
