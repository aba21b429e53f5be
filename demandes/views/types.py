"""Settings: the catalogue of demandes."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.actions.catalogue import publish_type, retire_type, save_type
from demandes.forms import FormulaireType
from demandes.models import TypeDemande
from socle.toasts import toast


@requires(Permission.REGLAGE_MODIFIER)
def types(request: RequeteAgent) -> HttpResponse:
    """The catalogue, offered types first."""
    rows = TypeDemande.objects.select_related("service", "thematique").order_by(
        "-is_active", "thematique__libelle", "libelle", "pk"
    )
    return render(request, "demandes/types.html", {"types": rows})


@requires(Permission.REGLAGE_MODIFIER)
def type_demande(request: RequeteAgent, pk: int | None = None) -> HttpResponse:
    """Create a type, or change one."""
    instance = get_object_or_404(TypeDemande, pk=pk) if pk else None
    form = FormulaireType(request.POST or None, instance=instance)
    if request.method == "POST" and form.is_valid():
        saved = save_type(type_=form.instance, by=request.acces.acteur, at=timezone.now())
        toast(request, f"Type « {saved.libelle} » enregistré.")
        return redirect("demandes:types", request.acces.collectivite.slug)
    titre = instance.libelle if instance else "Nouveau type de demande"
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "titre": titre, "type": instance}
    return render(request, "demandes/type.html", context, status=status)


@requires(Permission.REGLAGE_MODIFIER)
@require_POST
def type_activer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Offer a type again, or stop offering it."""
    type_ = get_object_or_404(TypeDemande, pk=pk)
    is_active = request.POST.get("is_active") == "oui"
    change = publish_type if is_active else retire_type
    change(type_=type_, by=request.acces.acteur, at=timezone.now())
    what = "proposé de nouveau" if is_active else "retiré : il n'est plus proposé"
    toast(request, f"Type « {type_.libelle} » {what}.")
    return redirect("demandes:types", request.acces.collectivite.slug)
