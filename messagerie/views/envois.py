"""« Envois »: every message and its fate."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.models import Agent
from collectivites.permissions import Permission
from collectivites.temoin import record
from messagerie.actions import EnvoiNonModifiable, cancel_envoi, retry_envoi
from messagerie.alertes import find_alertes
from messagerie.etats import RELANCABLES
from messagerie.lecture import (
    LIBELLES,
    LIBELLES_PERIODES,
    Filtre,
    can_read_body,
    count_states,
    find_link,
    in_state,
    load_page,
    read_filtre,
    search,
    show_corps,
)
from messagerie.models import Accuse, Envoi, Essai, PieceEnvoi
from messagerie.phrases import TONS, TONS_ESSAIS, tell_fate, write_fournisseur
from socle.ecriture import write_milliers
from socle.toasts import toast


@requires(Permission.ENVOI_LIRE)
@require_GET
def liste(request: RequeteAgent) -> HttpResponse:
    """Messages of a period, by state, channel and recipient; fifty a page."""
    now = timezone.now()
    filtre = read_filtre(request.GET.dict())
    found = search(filtre, at=now)
    counts = count_states(found)
    page = load_page(
        in_state(found, filtre.etat), apres=request.GET.get("apres", ""), avant=request.GET.get("avant", "")
    )
    context = {
        "filtre": filtre,
        "is_filtre": filtre != Filtre(),
        "onglets": _build_tabs(filtre, counts),
        "lignes": [(envoi, TONS[Envoi.Etat(envoi.etat)], find_link(request.acces, envoi)) for envoi in page.rows],
        "precedent": _address(filtre, avant=page.avant) if page.avant else "",
        "suivant": _address(filtre, apres=page.apres) if page.apres else "",
        "texte_page": f"{len(page.rows)} sur {write_milliers(counts[filtre.etat])}",
        "alertes": find_alertes(at=now),
        "canaux": Envoi.Canal.choices,
        "periodes": LIBELLES_PERIODES.items(),
    }
    return render(request, "messagerie/liste.html", context)


def _address(filtre: Filtre, **others: str) -> str:
    kept = {name: value for name, value in {**vars(filtre), **others}.items() if value}
    return f"?{urlencode(kept)}"


def _build_tabs(filtre: Filtre, counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "libelle": label,
            "nombre": write_milliers(counts[code]),
            "url": _address(filtre, etat=code),
            "actif": code == filtre.etat,
        }
        for code, label in LIBELLES.items()
    ]


@requires(Permission.ENVOI_LIRE)
@require_GET
def fiche(request: RequeteAgent, pk: int) -> HttpResponse:
    """One message: its fate in words, each try, each receipt; its text for those who may read what it is about."""
    envoi = get_object_or_404(Envoi, pk=pk)
    return _show(request, envoi)


def _show(request: RequeteAgent, envoi: Envoi, *, refus: str = "") -> HttpResponse:
    now, acces = timezone.now(), request.acces
    is_readable = can_read_body(acces, envoi)
    if is_readable and request.method == "GET":
        record(verbe="envoi.lu", objet_type="envoi", objet_id=envoi.pk, by=acces.acteur, at=now, canal=envoi.canal)
    context = {
        "envoi": envoi,
        "corps": show_corps(envoi),
        "ton": TONS[Envoi.Etat(envoi.etat)],
        "sort": tell_fate(envoi, now=now),
        "is_lisible": is_readable,
        "essais": [(essai, TONS_ESSAIS[Essai.Issue(essai.issue)]) for essai in _list_tries(envoi)],
        "accuses": list(Accuse.objects.filter(envoi=envoi).order_by("received_at", "pk")),
        "pieces": list(PieceEnvoi.objects.filter(envoi=envoi).order_by("rang")) if is_readable else [],
        "auteur": Agent.objects.filter(pk=envoi.agent_id).first() if envoi.agent_id else None,
        "lien": find_link(acces, envoi),
        "fournisseur": write_fournisseur(envoi.fournisseur),
        "peut_relancer": acces.can(Permission.ENVOI_RELANCER),
        "is_relancable": envoi.etat in RELANCABLES,
        "is_annulable": envoi.etat == Envoi.Etat.A_ENVOYER,
        "refus": refus,
    }
    return render(request, "messagerie/fiche.html", context, status=409 if refus else 200)


def _list_tries(envoi: Envoi) -> list[Essai]:
    return list(Essai.objects.filter(envoi=envoi).order_by("at", "pk"))


@requires(Permission.ENVOI_RELANCER)
@require_POST
def renvoyer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Send again what failed or is uncertain."""
    envoi = get_object_or_404(Envoi, pk=pk)
    try:
        retry_envoi(envoi=envoi, by=request.acces.acteur, at=timezone.now())
    except EnvoiNonModifiable as refusal:
        return _show(request, envoi, refus=str(refusal))
    toast(request, "Le message repart.")
    return redirect("messagerie:fiche", request.acces.collectivite.slug, pk)


@requires(Permission.ENVOI_RELANCER)
@require_POST
def annuler(request: RequeteAgent, pk: int) -> HttpResponse:
    """Withdraw a message that still waits."""
    envoi = get_object_or_404(Envoi, pk=pk)
    try:
        cancel_envoi(envoi=envoi, by=request.acces.acteur, at=timezone.now())
    except EnvoiNonModifiable as refusal:
        return _show(request, envoi, refus=str(refusal))
    toast(request, "Le message ne partira pas.")
    return redirect("messagerie:fiche", request.acces.collectivite.slug, pk)
