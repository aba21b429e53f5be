"""Acknowledgements, letters, dates: what proves what was done; and the pack that tells it all."""

from typing import Any
from uuid import uuid4

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.actions.implicite import PasDeDecision, ask_motifs, issue_attestation
from demandes.models import Demande, DossierPreuves
from demandes.preuves.actions import ask_dossier
from demandes.preuves.lecture import (
    list_accuses,
    list_dossiers,
    list_echeances,
    list_implicites,
    list_lettres,
    tell_due,
)
from demandes.views.acces import get_demande, require_clef
from demandes.views.lettres import send_pdf
from demandes.views.onglets import load_demande, render_onglet
from socle.ecriture import write_date
from socle.pdf import ABSENT, pdf_disponible
from socle.toasts import toast


@requires(Permission.DEMANDE_LIRE)
@require_GET
def preuves(request: RequeteAgent, pk: int) -> HttpResponse:
    """Show the tab."""
    return _show(request, load_demande(request, pk))


def _show(request: RequeteAgent, demande: Demande, *, refus: str = "", status: int = 200) -> HttpResponse:
    accuses, echeances = list_accuses(demande), list_echeances(demande)
    may = request.acces.can(Permission.DEMANDE_TRAITER)
    context: dict[str, Any] = {
        "accuses": accuses, "attendu": tell_due(demande, accuses), "echeances": echeances,
        "lettres": list_lettres(demande), "dossiers": list_dossiers(demande), "refus": refus,
        "implicites": list_implicites(demande, echeances, at=timezone.now()) if may else {},
        "peut_ecrire": may and demande.is_open, "peut_traiter": may, "clef": uuid4(),
        "sans_pdf": "" if pdf_disponible() else ABSENT,
    }  # fmt: skip
    return render_onglet(
        request, demande, "demandes/onglets/preuves.html", onglet="preuves", context=context, status=status
    )


@requires(Permission.DEMANDE_TRAITER)
@require_POST
def attestation(request: RequeteAgent, pk: int) -> HttpResponse:
    """Write the attestation of an implicit acceptance (CRPA L232-3)."""
    demande = get_demande(request, pk)
    try:
        courrier = issue_attestation(
            demande=demande, clef=require_clef(request), agent=request.acces.agent, by=request.acces.acteur,
            at=timezone.now(),
        )  # fmt: skip
    except PasDeDecision as refusal:
        return _show(request, demande, refus=str(refusal), status=409)
    toast(request, f"Attestation {courrier.chrono} écrite.")
    return redirect("demandes:preuves", request.acces.collectivite.slug, demande.pk)


@requires(Permission.DEMANDE_TRAITER)
@require_POST
def motifs(request: RequeteAgent, pk: int) -> HttpResponse:
    """Note that the usager asks for the reasons of an implicit rejection (CRPA L232-4)."""
    demande = get_demande(request, pk)
    try:
        tache = ask_motifs(demande=demande, by=request.acces.acteur, at=timezone.now())
    except PasDeDecision as refusal:
        return _show(request, demande, refus=str(refusal), status=409)
    due = write_date(tache.due_on) if tache.due_on else ""
    toast(request, f"Motifs à communiquer avant le {due}\u00a0: une tâche est ajoutée.")
    return redirect("demandes:preuves", request.acces.collectivite.slug, demande.pk)


@requires(Permission.DEMANDE_LIRE)
@require_POST
def dossier_demander(request: RequeteAgent, pk: int) -> HttpResponse:
    """Ask for the evidence pack; the page shows how far it is, and a notification tells when it is ready."""
    demande = get_demande(request, pk)
    ask_dossier(
        demande=demande, has_internes=request.POST.get("internes") == "oui", clef=require_clef(request),
        agent=request.acces.agent, by=request.acces.acteur, at=timezone.now(),
    )  # fmt: skip
    return redirect("demandes:preuves", request.acces.collectivite.slug, demande.pk)


@requires(Permission.DEMANDE_LIRE)
@require_GET
def dossiers(request: RequeteAgent, pk: int) -> HttpResponse:
    """Give the list of packs again, while one is being prepared."""
    demande = get_demande(request, pk)
    context = {"demande": demande, "dossiers": list_dossiers(demande), "sans_pdf": "" if pdf_disponible() else ABSENT}
    return render(request, "demandes/lettres/_dossiers.html", context)


@requires(Permission.DEMANDE_LIRE)
@require_GET
def dossier_pdf(request: RequeteAgent, pk: int, dossier_pk: int) -> HttpResponse | FileResponse:
    """Download a pack: rights are checked again, the reading is logged."""
    demande = get_demande(request, pk)
    dossier = get_object_or_404(DossierPreuves, pk=dossier_pk, demande=demande, etat=DossierPreuves.Etat.PRET)
    return send_pdf(
        request, dossier.document, nom=f"{demande.numero}-preuves.pdf",
        lus=[(demande.usager_id, demande.pk)], motif="dossier de preuves",
    )  # fmt: skip
