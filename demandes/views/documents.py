"""Files of a demande: never opened inside our pages, each reading is checked and logged."""

from typing import BinaryIO, TypeVar

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.models import Analyse, Demande, Entree, Message, PieceJointe
from demandes.models.echange import ECARTEES
from demandes.views.acces import get_demande
from journal.actions import record_reading
from journal.models import Consultation
from socle.depot import FichierAbsent, open_file
from socle.fichiers import FichierRefuse
from socle.fichiers.images import make_preview
from socle.fichiers.types import IMAGES, PAR_MIME

Reponse = TypeVar("Reponse", bound=HttpResponseBase)
BAC_A_SABLE = "default-src 'none'; sandbox"  # whatever the file is, it can neither run nor call anything
BAC_A_HTML = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups"


@requires(Permission.DEMANDE_LIRE)
@require_GET
def piece(request: RequeteAgent, pk: int, piece_pk: int) -> HttpResponse | FileResponse:
    """Download an attached file; what was put aside says why instead."""
    demande = get_demande(request, pk)
    found = get_object_or_404(PieceJointe, pk=piece_pk, message__demande=demande)
    if found.is_ecartee:
        return _refuse(request, demande, found)
    content = _open(found.fichier)
    _log(request, demande, Consultation.Vue.PIECE, found.pk)
    return _send(content, nom=found.nom)


@requires(Permission.DEMANDE_LIRE)
@require_GET
def apercu(request: RequeteAgent, pk: int, piece_pk: int) -> HttpResponse:
    """Show an attached image: a picture made here from its points, never the file itself."""
    demande = get_demande(request, pk)
    found = get_object_or_404(
        PieceJointe.objects.exclude(analyse__in=ECARTEES), pk=piece_pk, message__demande=demande,
        type_mime__in=[kind.mime for kind in IMAGES],
    )  # fmt: skip
    with _open(found.fichier) as content:
        try:
            picture = make_preview(content, PAR_MIME[found.type_mime])
        except FichierRefuse as error:
            raise Http404(str(error)) from error
    _log(request, demande, Consultation.Vue.PIECE, found.pk)
    return _seal(HttpResponse(picture, content_type="image/jpeg"))


def _refuse(request: RequeteAgent, demande: Demande, found: PieceJointe) -> HttpResponse:
    context = {"demande": demande, "piece": found, "is_infectee": found.analyse == Analyse.INFECTEE}
    return render(request, "demandes/piece_ecartee.html", context, status=409)


@requires(Permission.DEMANDE_LIRE)
@require_GET
def brut(request: RequeteAgent, pk: int, message_pk: int) -> HttpResponse | FileResponse:
    """Download the message exactly as it was received; one that holds a virus, by a supervisor only."""
    demande = get_demande(request, pk)
    message = get_object_or_404(Message.objects.select_related("entree"), pk=message_pk, demande=demande)
    if message.entree is None:
        raise Http404
    infected = PieceJointe.objects.filter(message=message, analyse=Analyse.INFECTEE).first()
    if infected is not None and not request.acces.can(Permission.JOURNAL_LIRE):
        return _refuse(request, demande, infected)
    content = _open(message.entree.brut)
    _log(request, demande, Consultation.Vue.MESSAGE_BRUT, message.pk)
    suffixe = "eml" if message.entree.canal == Entree.Canal.COURRIEL else "json"
    return _send(content, nom=f"{demande.numero}-message-{message.pk}.{suffixe}")


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
    return _seal(response)


def _seal(response: Reponse) -> Reponse:
    response["Content-Security-Policy"] = BAC_A_SABLE
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _log(request: RequeteAgent, demande: Demande, vue: Consultation.Vue, objet_id: int) -> None:
    record_reading(
        vue=vue, agent_id=request.acces.agent.pk, usager_id=demande.usager_id, objet_id=objet_id, at=timezone.now()
    )
