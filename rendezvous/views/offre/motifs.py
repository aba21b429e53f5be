"""« Motifs de rendez-vous »: why one comes, how long it takes, who may book it."""

from copy import copy
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.models import TypeDemande
from rendezvous.forms_offre_motif import FormulaireMotif
from rendezvous.models import Motif, PlageMotif
from rendezvous.offre.actions import retire_motif, save_motif
from rendezvous.offre.avertissements import tell_motif_sans_place
from rendezvous.offre.motifs import list_trop_nombreux
from rendezvous.offre.refus import OffreRefusee, VersionPerimee
from rendezvous.views.offre.cadre import Ligne, list_lignes, show_page
from rendezvous.views.offre.versions import face_current, refuse
from socle.nombres import read_nombre
from socle.toasts import toast

OFFRE = Permission.OFFRE_MODIFIER


@requires(OFFRE)
@require_GET
def motifs(request: RequeteAgent) -> HttpResponse:
    """The motifs by service, those put away last; and the démarches that call for one and have none."""
    rows = list(Motif.objects.select_related("service").order_by("service__nom", "-is_active", "libelle", "pk"))
    opened = set(
        PlageMotif.objects.filter(plage__is_active=True).order_by("motif_id").values_list("motif_id", flat=True)
    )
    groups: dict[str, list[dict[str, Any]]] = {}
    for each in rows:
        needs = each.is_active and not each.is_collectif and each.pk not in opened
        groups.setdefault(each.service.nom, []).append({"motif": each, "sans_plage": needs})
    context = {"groupes": list(groups.items()), "a_creer": _list_wanted(rows)}
    return show_page(request, "motifs.html", context, onglet="motifs")


def _list_wanted(rows: list[Motif]) -> list[TypeDemande]:
    """Démarches of the catalogue that end by an appointment nobody can book yet."""
    linked = {each.type_demande_id for each in rows if each.is_active}
    wanted = TypeDemande.objects.filter(is_active=True).exclude(rdv_motif="")
    return [each for each in wanted.order_by("rdv_motif", "libelle", "pk") if each.pk not in linked]


@requires(OFFRE)
@require_http_methods(["GET", "POST"])
def motif(request: RequeteAgent, pk: int | None = None) -> HttpResponse:
    """Create a motif (blank, from a démarche, or as a copy), or change one."""
    instance = get_object_or_404(Motif, pk=pk) if pk else _start(request)
    if request.method != "POST":
        return _show(request, FormulaireMotif(instance=instance), pk)
    form = FormulaireMotif(request.POST, instance=instance)
    if not form.is_valid():
        return _show(request, form, pk, status=422)
    try:
        saved = save_motif(
            motif=form.instance, version=form.cleaned_data["version"] or 0, by=request.acces.acteur, at=timezone.now()
        )
    except (VersionPerimee, OffreRefusee) as refusal:
        return _show(request, form, pk, status=refuse(form, refusal))
    toast(request, f"Motif «\u00a0{saved.libelle}\u00a0» enregistré.")
    for sentence in [*tell_motif_sans_place(saved), *_tell_trop_nombreux(saved)]:
        toast(request, sentence, ton="alerte")
    return redirect("rendezvous:motif", request.acces.collectivite.slug, saved.pk)


def _tell_trop_nombreux(motif: Motif) -> list[str]:
    count = len(list_trop_nombreux(motif, at=timezone.now()))
    return [f"{count} rendez-vous à venir dépasse{'nt' if count > 1 else ''} le nombre permis."] if count else []


def _start(request: RequeteAgent) -> Motif:
    """A new motif: a copy of `?copie=`, what `?type=` says of its appointment, or blank."""
    source = Motif.objects.filter(pk=read_nombre(request.GET.get("copie", "")) or 0).first()
    if source is not None:
        twin = copy(source)
        twin.pk, twin.version, twin.is_active = None, 1, True
        twin._state = copy(source._state)  # noqa: SLF001 a copy that is not in the database
        twin._state.adding = True  # noqa: SLF001
        twin.libelle = f"{source.libelle} (copie)"[:120]
        return twin
    kind = TypeDemande.objects.filter(pk=read_nombre(request.GET.get("type", "")) or 0).first()
    if kind is None:
        return Motif(durees=[], couleur=1 + Motif.objects.count() % 8)
    return Motif(
        libelle=kind.rdv_motif or kind.libelle, service=kind.service, type_demande=kind,
        durees=[kind.rdv_minutes] if kind.rdv_minutes else [], couleur=1 + Motif.objects.count() % 8,
    )  # fmt: skip


def _show(
    request: RequeteAgent, form: FormulaireMotif, pk: int | None, *, refus: str = "", status: int = 200
) -> HttpResponse:  # fmt: skip
    kept = Motif.objects.select_related("service").filter(pk=pk or 0).first()
    ranges = PlageMotif.objects.filter(motif_id=pk or 0, plage__is_active=True)
    gaps = face_current(form, FormulaireMotif(instance=kept)) if form.is_bound and status == 409 and kept else []
    beyond = list_trop_nombreux(kept, at=timezone.now()) if kept else []
    context = {
        "trop": [replace(each, pourquoi=_count(each)) for each in list_lignes(request, beyond)],
        "form": form, "ecarts": gaps, "motif": kept, "titre": kept.libelle if kept else "Nouveau motif",
        "plages": ranges.count() if pk else 0, "refus": refus,
    }  # fmt: skip
    return show_page(request, "motif.html", context, onglet="motifs", status=status)


def _count(ligne: Ligne) -> str:
    """« 4 personnes » of an appointment."""
    unite = ligne.rendezvous.motif.unite_personnes
    return f"{ligne.rendezvous.personnes}\u00a0{unite if unite.endswith(('s', 'x')) else f'{unite}s'}"


@requires(OFFRE)
@require_POST
def motif_archiver(request: RequeteAgent, pk: int) -> HttpResponse:
    """Put a motif away: nobody books it any more, appointments already taken stand."""
    found = get_object_or_404(Motif, pk=pk)
    version = read_nombre(request.POST.get("version", "")) or 0
    try:
        coming = retire_motif(motif=found, version=version, by=request.acces.acteur, at=timezone.now())
    except VersionPerimee as stale:
        return _show(request, FormulaireMotif(instance=found), pk, refus=str(stale), status=409)
    kept = f"{len(coming)} rendez-vous à venir gardés" if coming else "aucun rendez-vous à venir"
    toast(request, f"Motif «\u00a0{found.libelle}\u00a0» archivé, {kept}.")
    return redirect("rendezvous:motifs", request.acces.collectivite.slug)


@requires(OFFRE)
@require_POST
def motif_restaurer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Offer an archived motif again; 409 when another one took its name meanwhile."""
    found = get_object_or_404(Motif, pk=pk)
    found.is_active = True
    version = read_nombre(request.POST.get("version", "")) or 0
    try:
        save_motif(motif=found, version=version, by=request.acces.acteur, at=timezone.now())
    except (VersionPerimee, OffreRefusee) as refusal:
        form = FormulaireMotif(instance=get_object_or_404(Motif, pk=pk))
        return _show(request, form, pk, refus=str(refusal), status=409)
    toast(request, f"Motif «\u00a0{found.libelle}\u00a0» proposé de nouveau.")
    return redirect("rendezvous:motif", request.acces.collectivite.slug, pk)
