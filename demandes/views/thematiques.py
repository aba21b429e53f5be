"""Settings: the tree of subjects."""

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.actions.thematiques import (
    ThematiqueRefusee,
    move_thematique,
    save_thematique,
    set_thematique_active,
)
from demandes.models import Thematique
from socle.toasts import toast

REGLER = Permission.REGLAGE_MODIFIER


@requires(REGLER)
def thematiques(request: RequeteAgent) -> HttpResponse:
    """Show the tree; a POST adds a subject."""
    if request.method != "POST":
        return _show(request)
    libelle = request.POST.get("libelle", "")
    try:
        made = save_thematique(
            libelle=libelle, parent=_find_parent(request), by=request.acces.acteur, at=timezone.now()
        )
    except ThematiqueRefusee as refusal:
        return _show(request, refus=str(refusal), libelle=libelle, status=422)
    toast(request, f"Thématique «\u00a0{made.libelle}\u00a0» ajoutée.")
    return _back(request, made)


@requires(REGLER)
@require_POST
def thematique(request: RequeteAgent, pk: int) -> HttpResponse:
    """Rename a subject, or move it under another."""
    node = get_object_or_404(Thematique, pk=pk)
    try:
        save_thematique(
            libelle=request.POST.get("libelle", ""), parent=_find_parent(request), thematique=node,
            by=request.acces.acteur, at=timezone.now(),
        )  # fmt: skip
    except ThematiqueRefusee as refusal:
        return _show(request, refus=str(refusal), refuse=pk, libelle=request.POST.get("libelle", ""), status=422)
    toast(request, f"Thématique «\u00a0{node.libelle}\u00a0» enregistrée.")
    return _back(request, node)


@requires(REGLER)
@require_POST
def thematique_deplacer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Move a subject up or down by one among its neighbours."""
    node = get_object_or_404(Thematique, pk=pk)
    up = request.POST.get("sens") == "haut"
    move_thematique(thematique=node, vers_le_haut=up, by=request.acces.acteur, at=timezone.now())
    return _back(request, node)


@requires(REGLER)
@require_POST
def thematique_activer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Retire a subject, or take it back."""
    node = get_object_or_404(Thematique, pk=pk)
    is_active = request.POST.get("is_active") == "oui"
    try:
        set_thematique_active(thematique=node, is_active=is_active, by=request.acces.acteur, at=timezone.now())
    except ThematiqueRefusee as refusal:
        return _show(request, refus=str(refusal), status=409)
    toast(request, f"Thématique «\u00a0{node.libelle}\u00a0» {'reprise' if is_active else 'retirée'}.")
    return _back(request, node)


def _find_parent(request: RequeteAgent) -> Thematique | None:
    asked = request.POST.get("parent", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        return None
    return get_object_or_404(Thematique, pk=int(asked))


def _back(request: RequeteAgent, node: Thematique) -> HttpResponse:
    answer = redirect("demandes:thematiques", request.acces.collectivite.slug)
    answer["Location"] += f"#thematique-{node.pk}"
    return answer


def _show(
    request: RequeteAgent, *, refus: str = "", refuse: int = 0, libelle: str = "", status: int = 200
) -> HttpResponse:
    nodes = list(
        Thematique.objects.annotate(
            proposes=Count("types", filter=Q(types__is_active=True)), tous=Count("types")
        ).order_by("rang", "libelle", "pk")
    )
    children: dict[int, list[Thematique]] = {}
    for node in nodes:
        if node.parent_id:
            children.setdefault(node.parent_id, []).append(node)
    roots = [(node, children.get(node.pk, [])) for node in nodes if node.parent_id is None]
    context = {
        "racines": roots, "meres": [node for node, _ in roots if node.is_active], "refus": refus, "refuse": refuse,
        "libelle": libelle,
    }  # fmt: skip
    return render(request, "demandes/thematiques.html", context, status=status)
