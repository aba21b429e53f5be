"""Writing a letter from a demande, reading its PDF."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes import actions
from demandes.cycle import PassageInterdit
from demandes.forms_lettres import FormulaireLettre
from demandes.lettres.composition import build_lettre
from demandes.models import CourrierDepart, Demande
from demandes.views.acces import choose_retour, get_demande, read_version, require_clef
from demandes.views.documents import BAC_A_SABLE
from journal.actions import record_readings
from journal.models import Consultation
from socle.depot import FichierAbsent, open_file
from socle.pdf import ABSENT, pdf_disponible
from socle.toasts import toast

TRAITER = Permission.DEMANDE_TRAITER


@requires(TRAITER)
def lettre(request: RequeteAgent, pk: int) -> HttpResponse:
    """Write a letter. « Aperçu » shows it and writes nothing."""
    demande = get_demande(request, pk)
    form = FormulaireLettre(request.POST or None, demande=demande)
    if request.method != "POST" or not form.is_valid():
        return show_lettre(request, demande, form, status=422 if request.method == "POST" else 200)
    if request.POST.get("geste") == "apercu":
        return show_lettre(request, demande, form, apercu=True)
    return _write(request, demande, form)


def _write(request: RequeteAgent, demande: Demande, form: FormulaireLettre) -> HttpResponse:
    suite, _, issue = form.cleaned_data["suite"].partition(":")
    try:
        with transaction.atomic():
            actions.reply(
                demande=demande, version=read_version(request, demande), canal="courrier",
                texte=form.cleaned_data["texte"], clef=require_clef(request), by=request.acces.acteur,
                at=timezone.now(), agent=request.acces.agent, lettre=form.lettre, suite=suite, issue=issue,
            )  # fmt: skip
    except (actions.ConflitVersion, actions.DemandeClose, PassageInterdit) as refusal:
        fresh = get_object_or_404(Demande.objects.visible_to(request.acces).for_fiche(), pk=demande.pk)
        return show_lettre(request, fresh, form, refus=str(refusal), status=409)
    toast(request, "Lettre écrite\u00a0: elle attend dans «\u00a0Courrier à imprimer\u00a0».")
    if choose_retour(request, demande) == reverse("demandes:liste", args=[request.acces.collectivite.slug]):
        return redirect(choose_retour(request, demande))
    return redirect("demandes:preuves", request.acces.collectivite.slug, demande.pk)


def show_lettre(
    request: RequeteAgent, demande: Demande, form: FormulaireLettre, *, apercu: bool = False, refus: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Draw the page, with the letter as it would be printed when asked."""
    context: dict[str, Any] = {
        "demande": demande, "form": form, "refus": refus, "clef": request.POST.get("clef") or uuid4(),
        "version": demande.version if refus else read_version(request, demande),
        "sans_pdf": "" if pdf_disponible() else ABSENT,
        "retour": reverse("demandes:preuves", args=[request.acces.collectivite.slug, demande.pk]),
    }  # fmt: skip
    if apercu:
        context |= {"apercu": True} | build_lettre(_imagine(request, demande, form), request.acces.collectivite)
    return render(request, "demandes/lettres/lettre.html", context, status=status)


def _imagine(request: RequeteAgent, demande: Demande, form: FormulaireLettre) -> CourrierDepart:
    """Return the letter as it would be, not written."""
    data = form.cleaned_data
    return CourrierDepart(
        chrono="CD-…", demande=demande, destinataire=data["destinataire"], adresse=data["adresse"],
        objet=data["objet"], corps=form.corps, agent=request.acces.agent, created_at=timezone.now(),
    )  # fmt: skip


@requires(Permission.DEMANDE_LIRE)
@require_GET
def lettre_pdf(request: RequeteAgent, pk: int, courrier_pk: int) -> HttpResponse | FileResponse:
    """Download a letter as it was frozen; the reading is logged."""
    demande = get_demande(request, pk)
    courrier = get_object_or_404(CourrierDepart.objects.exclude(document=""), pk=courrier_pk, demande=demande)
    return send_pdf(
        request, courrier.document, nom=f"{courrier.chrono}.pdf", lus=[(demande.usager_id, demande.pk)],
        motif=f"lettre {courrier.chrono}",
    )  # fmt: skip


def send_pdf(
    request: RequeteAgent, chemin: str, *, nom: str, lus: Iterable[tuple[int | None, int | None]], motif: str
) -> FileResponse:
    """Give a PDF of ours to be saved, and log who took it, a line for each (usager, demande) of `lus`.

    Raises Http404 when the file is gone.
    """
    try:
        content = open_file(chemin)
    except FichierAbsent as error:
        raise Http404(str(error)) from error
    record_readings(
        vue=Consultation.Vue.EXPORT, lus=lus, agent_id=request.acces.agent.pk, at=timezone.now(), motif=motif
    )
    response = FileResponse(content, as_attachment=True, filename=nom, content_type="application/pdf")
    response["Content-Security-Policy"] = BAC_A_SABLE
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
