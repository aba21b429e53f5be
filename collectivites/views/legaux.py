"""Settings: the values that a text of law fixes, their basis, and what the collectivité changed."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.actions import change_reglage, reset_reglage
from collectivites.forms.organisation import FormulaireReglage
from collectivites.models import ReglageLegal
from collectivites.permissions import Permission
from collectivites.reglages import ReglageDeclare, declares
from socle.toasts import toast


@requires(Permission.REGLAGE_MODIFIER)
def legaux(request: RequeteAgent) -> HttpResponse:
    """Every legal value in force, with its default and its basis."""
    changed = {reglage.clef: reglage for reglage in ReglageLegal.objects.all()}
    rows = [(declare, changed.get(declare.clef)) for declare in declares]
    return render(request, "collectivites/legaux.html", {"reglages": rows})


@requires(Permission.REGLAGE_MODIFIER)
def legal(request: RequeteAgent, clef: str) -> HttpResponse:
    """Change one value, with a reason."""
    declare = _declare(clef)
    instance = ReglageLegal.objects.filter(clef=clef).first() or ReglageLegal(clef=clef, valeur=declare.defaut)
    form = FormulaireReglage(request.POST or None, instance=instance, declare=declare)
    if request.method == "POST" and form.is_valid():
        change_reglage(clef=clef, **form.cleaned_data, by=request.acces.acteur, at=timezone.now())
        toast(request, f"« {declare.libelle} » enregistré.")
        return redirect("collectivites:legaux", request.acces.collectivite.slug)
    context = {"form": form, "titre": declare.libelle, "retour": "collectivites:legaux", "declare": declare}
    return render(request, "collectivites/formulaire.html", context, status=422 if request.method == "POST" else 200)


@requires(Permission.REGLAGE_MODIFIER)
@require_POST
def legal_remettre(request: RequeteAgent, clef: str) -> HttpResponse:
    """Go back to the default."""
    declare = _declare(clef)
    reset_reglage(clef=clef, by=request.acces.acteur, at=timezone.now())
    toast(request, f"« {declare.libelle} » remis à {declare.defaut} {declare.unite}.")
    return redirect("collectivites:legaux", request.acces.collectivite.slug)


def _declare(clef: str) -> ReglageDeclare:
    declare = declares.get(clef)
    if declare is None:
        raise Http404
    return declare
