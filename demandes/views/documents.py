"""Files of a demande: never opened inside our pages, each reading is checked and logged."""

from typing import BinaryIO

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.models import Demande, Message, PieceJointe
from demandes.views.acces import get_demande
from journal.actions import record_reading
from journal.models import Consultation
from socle.depot import FichierAbsent, open_file

BAC_A_SABLE = "default-src 'none'; sandbox"  # whatever the file is, it can neither run nor call anything
BAC_A_HTML = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups"


@requires(Permission.DEMANDE_LIRE)
@require_GET
def piece(request: RequeteAgent, pk: int, piece_pk: int) -> HttpResponse | FileResponse:
    """Download an attached file."""
    demande = get_demande(request, pk)
    found = get_object_or_404(PieceJointe, pk=piece_pk, message__demande=demande)
    content = _open(found.fichier)
    _log(request, demande, Consultation.Vue.PIECE, found.pk)
    return _send(content, nom=found.nom)


@requires(Permission.DEMANDE_LIRE)
@require_GET
def brut(request: RequeteAgent, pk: int, message_pk: int) -> HttpResponse | FileResponse:
    """Download the message exactly as it was received."""
    demande = get_demande(request, pk)
    message = get_object_or_404(Message.objects.select_related("entree"), pk=message_pk, demande=demande)
    if message.entree is None:
        raise Http404
    content = _open(message.entree.brut)
    _log(request, demande, Consultation.Vue.MESSAGE_BRUT, message.pk)
    return _send(content, nom=f"{demande.numero}-message-{message.pk}.eml")


@requires(Permission.DEMANDE_LIRE)
@require_GET
def mise_en_page(request: RequeteAgent, pk: int, message_pk: int) -> HttpResponse:
    """Show the sanitised HTML of a message, alone in a page that can neither run nor load anything."""
    demande = get_demande(request, pk)
    message = get_object_or_404(Message.objects.exclude(html=""), pk=message_pk, demande=demande)
    _log(request, demande, Consultation.Vue.MESSAGE_BRUT, message.pk)
    corps = mark_safe(message.html)  # noqa: S308 cleaned by nh3 at reception, alone in a sandboxed page
    context = {"message": message, "demande": demande, "corps": corps}
    response = render(request, "demandes/mise_en_page.html", context)
    response["Content-Security-Policy"] = BAC_A_HTML
    return response


def _open(chemin: str) -> BinaryIO:
    try:
        return open_file(chemin)
    except FichierAbsent as error:
        raise Http404(str(error)) from error


def _send(content: BinaryIO, *, nom: str) -> FileResponse:
    """Send bytes to be saved, never to be displayed: the type is always the neutral one."""
    response = FileResponse(content, as_attachment=True, filename=nom, content_type="application/octet-stream")
    response["Content-Security-Policy"] = BAC_A_SABLE
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _log(request: RequeteAgent, demande: Demande, vue: Consultation.Vue, objet_id: int) -> None:
    record_reading(
        vue=vue, agent_id=request.acces.agent.pk, usager_id=demande.usager_id, objet_id=objet_id, at=timezone.now()
    )
