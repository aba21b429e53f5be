"""Creating a usager, after having looked for them; correcting an identity."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from citoyens.actions import ConflitVersion, ContactIllisible, IdentiteRefusee, create_usager, update_usager
from citoyens.contacts import read_contact
from citoyens.forms import CONTACTS, FormulaireCreation, FormulaireModification, guess_identity
from citoyens.models import Usager
from citoyens.rapprochement import Ressemblance, likely_duplicates
from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from socle.toasts import toast


@requires(Permission.USAGER_MODIFIER)
@require_http_methods(["GET", "HEAD", "POST"])
def nouveau(request: RequeteAgent) -> HttpResponse:
    """One screen. Somebody alike is proposed before anything is written (409), and the agent chooses."""
    if request.method != "POST":
        form = FormulaireCreation(initial=guess_identity(request.GET.get("q", "")))
        return _show(request, form, [])
    form = FormulaireCreation(request.POST)
    if not form.is_valid() or not _check_contacts(form):
        return _show(request, form, [], status=422)
    alike = _find_alike(form)
    firm = {each.usager.pk for each in alike if each.is_ferme}
    if not firm <= _refused_ids(request):
        return _show(request, form, alike, status=409)
    return _create(request, form, at=timezone.now())


def _create(request: RequeteAgent, form: FormulaireCreation, *, at: datetime) -> HttpResponse:
    try:
        usager = create_usager(
            **{name: value for name, value in form.identity().items() if name != "langue"},
            langue=form.cleaned_data["langue"] or "fr",
            contacts=form.contacts(),
            clef=form.cleaned_data["clef"],
            by=request.acces.acteur,
            at=at,
        )
    except IdentiteRefusee as refusal:
        form.add_error(refusal.champ, str(refusal))
        return _show(request, form, [], status=422)
    toast(request, f"Fiche de {usager} créée.")
    return redirect("citoyens:fiche", request.acces.collectivite.slug, usager.pk)


def _check_contacts(form: FormulaireCreation) -> bool:
    """Say on its own field which contact can't be read."""
    for nature in CONTACTS:
        value = form.cleaned_data.get(nature, "")
        try:
            if value:
                read_contact(nature, value)
        except ContactIllisible as refusal:
            form.add_error(nature, str(refusal))
    return form.is_valid()


def _refused_ids(request: RequeteAgent) -> set[int]:
    """Ids of the people shown to the agent, who said that it is none of them."""
    return {int(pk) for pk in request.POST.get("vus", "").split(",") if pk.isdecimal()}


def _find_alike(form: FormulaireCreation) -> list[Ressemblance]:
    typed = form.cleaned_data
    return likely_duplicates(
        nature=typed.get("nature", "personne"),
        nom=typed.get("nom", ""),
        prenoms=typed.get("prenoms", ""),
        nom_naissance=typed.get("nom_naissance", ""),
        naissance_on=typed.get("naissance_on"),
        contacts=form.contacts(),
    )


@requires(Permission.USAGER_MODIFIER)
@require_POST
def doublons(request: RequeteAgent) -> HttpResponse:
    """Fragment while typing: who this may already be. Writes nothing; POST keeps names out of the access logs."""
    form = FormulaireCreation(request.POST)
    form.is_valid()  # a field still being typed is left out, the others count
    alike = _find_alike(form) if any(form.cleaned_data.get(f) for f in ("nom", "nom_naissance", *CONTACTS)) else []
    return render(request, "citoyens/_doublons.html", _describe(alike))


def _describe(alike: Sequence[Ressemblance]) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "fermes": [(each, each.usager.age_on(today)) for each in alike if each.is_ferme],
        "discrets": [(each, each.usager.age_on(today)) for each in alike if not each.is_ferme],
        "vus": ",".join(str(each.usager.pk) for each in alike),
    }


def _show(
    request: RequeteAgent, form: FormulaireCreation, alike: Sequence[Ressemblance], *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "is_arrete": status == 409} | _describe(alike)
    return render(request, "citoyens/nouveau.html", context, status=status)


@requires(Permission.USAGER_MODIFIER)
@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: RequeteAgent, pk: int) -> HttpResponse:
    """Correct the identity. Somebody was quicker: 409, what was typed stays, what they wrote is shown."""
    usager = get_object_or_404(Usager, pk=pk)
    if request.method != "POST":
        form = FormulaireModification(initial={field: getattr(usager, field) for field in _fields()})
        return _show_edition(request, usager, form)
    form = FormulaireModification(request.POST)
    if not form.is_valid():
        return _show_edition(request, usager, form, status=422)
    try:
        update_usager(
            usager=usager,
            version=form.cleaned_data["version"],
            champs=_kept_fields(usager, form),
            by=request.acces.acteur,
            at=timezone.now(),
        )
    except ConflitVersion as conflict:
        return _show_conflict(request, usager, form, str(conflict))
    except IdentiteRefusee as refusal:
        form.add_error(refusal.champ, str(refusal))
        return _show_edition(request, usager, form, status=422)
    toast(request, "Fiche modifiée.")
    return redirect("citoyens:fiche", request.acces.collectivite.slug, usager.pk)


def _fields() -> list[str]:
    return [name for name in FormulaireModification.base_fields if name != "nature"]


def _kept_fields(usager: Usager, form: FormulaireModification) -> dict[str, Any]:
    """What was typed, without the fields that the screen does not show for this nature."""
    typed = form.identity()
    hidden = {"siret", "rna"} if usager.is_personne else {"civilite", "prenoms", "nom_naissance", "naissance_on"}
    return {name: value for name, value in typed.items() if name not in hidden}


def _show_conflict(request: RequeteAgent, usager: Usager, form: FormulaireModification, sentence: str) -> HttpResponse:
    """Show both: the next save, knowingly, is made on the version of now."""
    usager.refresh_from_db()
    form.add_error(None, sentence)
    form.data = {**form.data.dict(), "version": str(usager.version)}  # type: ignore[attr-defined]
    names = {name: field.label for name, field in form.fields.items()}
    differences = [
        (names[name], getattr(usager, name) or "vide")
        for name, typed in _kept_fields(usager, form).items()
        if getattr(usager, name) != typed
    ]
    return _show_edition(request, usager, form, status=409, differences=differences)


def _show_edition(
    request: RequeteAgent,
    usager: Usager,
    form: FormulaireModification,
    *,
    status: int = 200,
    differences: Sequence[tuple[Any, Any]] = (),
) -> HttpResponse:
    context = {"form": form, "usager": usager, "differences": differences}
    return render(request, "citoyens/modifier.html", context, status=status)
