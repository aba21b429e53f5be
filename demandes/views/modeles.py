"""Settings: reply templates."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.actions.modeles import save_modele
from demandes.forms_modeles import FormulaireModele
from demandes.modeles_reponse import MODELE
from demandes.models import ModeleReponse
from socle.toasts import toast


@requires(Permission.REGLAGE_MODIFIER)
def modeles(request: RequeteAgent) -> HttpResponse:
    """Every template of the town, offered ones first."""
    rows = ModeleReponse.objects.select_related("type", "service").order_by("-is_active", "titre", "pk")
    return render(request, "demandes/modeles.html", {"modeles": rows})


@requires(Permission.REGLAGE_MODIFIER)
def modele(request: RequeteAgent, pk: int | None = None) -> HttpResponse:
    """Create a template, or change one."""
    instance = get_object_or_404(ModeleReponse, pk=pk) if pk else None
    form = FormulaireModele(request.POST or None, instance=instance)
    if request.method == "POST" and form.is_valid():
        saved = save_modele(modele=form.save(commit=False), by=request.acces.acteur, at=timezone.now())
        toast(request, f"Modèle «\u00a0{saved.titre}\u00a0» enregistré.")
        return redirect("demandes:modeles", request.acces.collectivite.slug)
    context = {
        "form": form,
        "titre": instance.titre if instance else "Nouveau modèle de réponse",
        "variables": [(f"{{{{ {name} }}}}", meaning) for name, (meaning, _) in MODELE.variables.items()],
    }
    return render(request, "demandes/modele.html", context, status=422 if request.method == "POST" else 200)
