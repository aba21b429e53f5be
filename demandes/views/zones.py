"""« Zones »: the districts of the town, by their streets."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.automates import actions
from demandes.automates.zones import find_zone, load_zones
from demandes.forms_automates import FormulaireZone
from demandes.models import Zone
from socle.toasts import toast

REGLER = Permission.REGLAGE_MODIFIER


@requires(REGLER)
@require_GET
def zones(request: RequeteAgent) -> HttpResponse:
    """The districts, and a box to try an address."""
    rows = load_zones()
    asked = " ".join(request.GET.get("adresse", "").split())[:300]
    context = {
        "zones": [(each, len(each.voies.splitlines())) for each in rows],
        "adresse": asked,
        "trouvee": find_zone(asked, rows) if asked else None,
    }
    return render(request, "demandes/automates/zones.html", context)


@requires(REGLER)
def zone(request: RequeteAgent, pk: int | None = None) -> HttpResponse:
    """Create a district, or change one."""
    found = get_object_or_404(Zone, pk=pk) if pk else None
    form = FormulaireZone(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        saved = actions.save_zone(zone=form.instance, by=request.acces.acteur, at=timezone.now())
        toast(request, f"Zone «\u00a0{saved.libelle}\u00a0» enregistrée.")
        return redirect("demandes:zones", request.acces.collectivite.slug)
    titre = Zone.objects.values_list("libelle", flat=True).get(pk=pk) if pk else "Nouvelle zone"
    context = {"form": form, "zone": found, "titre": titre}
    return render(request, "demandes/automates/zone.html", context, status=422 if form.errors else 200)


@requires(REGLER)
@require_POST
def zone_retirer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Remove a district."""
    found = get_object_or_404(Zone, pk=pk)
    actions.delete_zone(zone=found, by=request.acces.acteur, at=timezone.now())
    toast(request, f"Zone «\u00a0{found.libelle}\u00a0» supprimée. Les demandes gardent son nom.")
    return redirect("demandes:zones", request.acces.collectivite.slug)
