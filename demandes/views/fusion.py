"""Merging two demandes, seen before it is done; detaching a message."""

from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes import actions
from demandes.actions.detachement import DetachementRefuse, split_message
from demandes.actions.fusion import FusionRefusee, merge_demandes, undo_merge
from demandes.etats import describe_etat
from demandes.models import Demande, Fusion, Message, PieceJointe, Tache
from demandes.recherche import find_by_numero
from demandes.views.acces import get_demande, get_two, reload_demande
from demandes.views.travail_gestes import number
from socle.texte import truncate
from socle.toasts import toast

CONFLITS = (FusionRefusee, actions.ConflitVersion, actions.DemandeFusionnee, actions.DemandeClose)


@requires(Permission.DEMANDE_TRAITER)
@require_http_methods(["GET", "POST"])
def fusionner(request: RequeteAgent, pk: int) -> HttpResponse:
    """Show both demandes side by side (`?avec=DEM-2026-0871`), then merge the one not kept into the other."""
    demande = get_demande(request, pk)
    data = request.POST if request.method == "POST" else request.GET
    typed = data.get("avec", "")
    other = find_by_numero(typed, request.acces, annee=timezone.localdate().year) if typed else None
    if other is None or other.pk == demande.pk:
        refus = "Aucune autre demande de ce numéro, ou vous ne pouvez pas la lire." if typed else ""
        context = {"demande": demande, "avec": typed, "refus": refus, "cartes": []}
        return render(request, "demandes/fusionner.html", context, status=422 if refus else 200)
    demande, other = get_two(request, pk, other.pk)
    if request.method == "GET":
        return _show(request, demande, other)
    try:
        return _merge(request, demande, other)
    except CONFLITS as refusal:
        return _show(request, *_reload_two(request, pk, other.pk), str(refusal), status=409)


def _reload_two(request: RequeteAgent, pk: int, other_pk: int) -> tuple[Demande, Demande]:
    """Both as somebody else has just left them."""
    return get_two(request, pk, other_pk)


def _show(
    request: RequeteAgent, demande: Demande, other: Demande, refus: str = "", *, status: int = 200
) -> HttpResponse:
    """Propose to keep the one received first: its delays already run."""
    first = min((demande, other), key=lambda each: (not each.is_open, each.received_at, each.pk))
    held = {
        "messages": _count(Message.objects.filter(demande__in=[demande, other]), "demande_id"),
        "pieces": _count(PieceJointe.objects.filter(message__demande__in=[demande, other]), "message__demande_id"),
        "taches": _count(Tache.objects.filter(demande__in=[demande, other], done_at=None), "demande_id"),
    }
    cards: list[dict[str, Any]] = [
        {
            "demande": each, "etat": describe_etat(each), "gardee": each.pk == first.pk,
            **{name: counts.get(each.pk, 0) for name, counts in held.items()},
        }
        for each in (demande, other)
    ]  # fmt: skip
    context = {"demande": demande, "avec": other.numero, "refus": refus, "cartes": cards}
    return render(request, "demandes/fusionner.html", context, status=status)


def _count(rows: Any, by: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(by).annotate(n=Count("pk")))


def _merge(request: RequeteAgent, demande: Demande, other: Demande) -> HttpResponse:
    kept_pk = number(request.POST.get("garder", ""))
    kept, gone = (demande, other) if kept_pk == demande.pk else (other, demande)
    if kept_pk not in {demande.pk, other.pk}:
        raise FusionRefusee("Choisissez la demande à garder.")
    fusion = merge_demandes(
        conservee=kept, absorbee=gone, version_conservee=_read_version(request, kept),
        version_absorbee=_read_version(request, gone), by=request.acces.acteur, at=timezone.now(),
    )  # fmt: skip
    slug = request.acces.collectivite.slug
    undo = reverse("demandes:defaire_fusion", args=[slug, fusion.pk])
    toast(request, f"{gone.numero} est fusionnée dans {kept.numero}.", annuler_url=undo)
    return redirect("demandes:fiche", slug, kept.pk)


def _read_version(request: RequeteAgent, demande: Demande) -> int:
    seen = number(request.POST.get(f"version_{demande.pk}", ""))
    return seen if 0 <= seen < 2**31 else demande.version


@requires(Permission.DEMANDE_TRAITER)
@require_POST
def defaire_fusion(request: RequeteAgent, pk: int) -> HttpResponse:
    """The « Annuler » of a merge just done, or of a message just detached and brought back."""
    fusion = get_object_or_404(Fusion.objects.select_related("conservee", "absorbee"), pk=pk)
    kept = get_demande(request, fusion.conservee_id)
    slug = request.acces.collectivite.slug
    try:
        done = undo_merge(fusion=fusion, by=request.acces.acteur, at=timezone.now())
    except CONFLITS as refusal:
        toast(request, str(refusal), ton="alerte")
        return redirect("demandes:fiche", slug, kept.pk)
    stayed = f" Restent dans {kept.numero}\u00a0: {', '.join(done.restees)}." if done.restees else ""
    toast(request, f"Fusion annulée, {done.absorbee.numero} est revenue comme avant.{stayed}")
    return redirect("demandes:fiche", slug, done.absorbee.pk)


@requires(Permission.DEMANDE_TRAITER)
@require_http_methods(["GET", "POST"])
def detacher(request: RequeteAgent, pk: int, message_pk: int) -> HttpResponse:
    """Make a message received a demande of its own."""
    demande = get_demande(request, pk)
    message = get_object_or_404(Message.objects.prefetch_related("pieces"), pk=message_pk, demande=demande)
    context = {"demande": demande, "message": message, "objet": truncate(message.texte, 80), "refus": ""}
    if request.method == "GET":
        return render(request, "demandes/detacher.html", context)
    objet, seen = request.POST.get("objet", ""), number(request.POST.get("version", ""))
    try:
        fresh = split_message(
            message=message, version=seen if seen >= 0 else demande.version, objet=objet, by=request.acces.acteur,
            at=timezone.now(),
        )  # fmt: skip
    except (DetachementRefuse, *CONFLITS) as refusal:
        status = 422 if isinstance(refusal, DetachementRefuse) else 409
        now = reload_demande(request, pk)
        return render(
            request, "demandes/detacher.html", context | {"demande": now, "objet": objet, "refus": str(refusal)},
            status=status,
        )  # fmt: skip
    slug = request.acces.collectivite.slug
    undo = reverse("demandes:rattacher_message", args=[slug, fresh.pk, demande.pk])
    toast(request, f"Le message est devenu la demande {fresh.numero}.", annuler_url=undo)
    return redirect("demandes:fiche", slug, fresh.pk)


@requires(Permission.DEMANDE_TRAITER)
@require_POST
def rattacher_message(request: RequeteAgent, pk: int, origine_pk: int) -> HttpResponse:
    """The « Annuler » of a message detached: its demande is merged back into the first."""
    (fresh, origine), slug = get_two(request, pk, origine_pk), request.acces.collectivite.slug
    try:
        merge_demandes(
            conservee=origine, absorbee=fresh, version_conservee=origine.version, version_absorbee=fresh.version,
            by=request.acces.acteur, at=timezone.now(),
        )  # fmt: skip
    except CONFLITS as refusal:
        toast(request, str(refusal), ton="alerte")
        return redirect("demandes:fiche", slug, pk)
    toast(request, f"Le message est revenu dans {origine.numero}.")
    return redirect("demandes:fiche", slug, origine.pk)
