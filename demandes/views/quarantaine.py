"""« Quarantaine »: the messages that wait for a human, and what can be done with each."""

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.actions import FenetreDepassee
from demandes.models import Demande, Entree
from demandes.reception.quarantaine import (
    DejaRangee,
    attach_entree,
    dismiss_entree,
    open_from_entree,
    read_courriel,
    restore_entree,
    visible_entrees,
)
from demandes.views.documents import BAC_A_HTML, BAC_A_SABLE
from journal.actions import record_reading
from journal.models import Consultation
from socle.courriel import Courriel
from socle.depot import FichierAbsent, open_file
from socle.toasts import toast

PAR_PAGE = 50
ENTETES_MAX = 80
QUALIFIER = Permission.ENTREE_QUALIFIER


@requires(QUALIFIER)
@require_GET
def quarantaine(request: RequeteAgent) -> HttpResponse:
    """The messages that wait, newest first."""
    waiting = _visible(request).filter(etat=Entree.Etat.QUARANTAINE).select_related("boite")
    avant = request.GET.get("avant", "")
    if avant.isascii() and avant.isdigit() and len(avant) < 19:
        waiting = waiting.filter(pk__lt=int(avant))
    rows = list(waiting.order_by("-pk")[: PAR_PAGE + 1])
    suivant = f"?avant={rows[PAR_PAGE - 1].pk}" if len(rows) > PAR_PAGE else ""
    return render(request, "demandes/quarantaine.html", {"entrees": rows[:PAR_PAGE], "suivant": suivant})


@requires(QUALIFIER)
@require_GET
def entree(request: RequeteAgent, pk: int) -> HttpResponse:
    """One message, in readable text, with its headers and its files' names."""
    return _page(request, _get(request, pk))


@requires(QUALIFIER)
@require_GET
def mise_en_page(request: RequeteAgent, pk: int) -> HttpResponse:
    """The sanitised HTML, alone in a page that can neither run nor load anything."""
    found = _get(request, pk)
    courriel = _read_or_404(found)
    if not courriel.html:
        raise Http404
    _log(request, found)
    corps = mark_safe(courriel.html)  # noqa: S308 cleaned by nh3 when read, alone in a sandboxed page
    message = {"expediteur_libelle": found.expediteur or "expéditeur inconnu"}
    context = {"message": message, "demande": {"numero": "Quarantaine"}, "corps": corps}
    response = render(request, "demandes/mise_en_page.html", context)
    response["Content-Security-Policy"] = BAC_A_HTML
    return response


@requires(QUALIFIER)
@require_GET
def origine(request: RequeteAgent, pk: int) -> FileResponse:
    """Download the message exactly as it was received."""
    found = _get(request, pk)
    try:
        contenu = open_file(found.brut)
    except FichierAbsent as error:
        raise Http404(str(error)) from error
    _log(request, found)
    nom = f"message-{found.pk}.{'eml' if found.canal == Entree.Canal.COURRIEL else 'json'}"
    response = FileResponse(contenu, as_attachment=True, filename=nom, content_type="application/octet-stream")
    response["Content-Security-Policy"] = BAC_A_SABLE
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@requires(QUALIFIER)
@require_POST
def ouvrir(request: RequeteAgent, pk: int) -> HttpResponse:
    """Make a demande of it."""
    found = _get(request, pk)
    try:
        demande = open_from_entree(entree=found, by=request.acces.acteur, at=timezone.now())
    except (DejaRangee, FichierAbsent) as refus:
        return _page(request, found, erreur=str(refus), status=409)
    toast(request, f"Demande {demande.numero} ouverte.")
    if demande.domaine not in request.acces.domaines:
        return redirect("demandes:quarantaine", request.acces.collectivite.slug)
    return redirect("demandes:fiche", request.acces.collectivite.slug, demande.pk)


@requires(QUALIFIER)
@require_POST
def rattacher(request: RequeteAgent, pk: int) -> HttpResponse:
    """Add it to the demande whose number was typed."""
    found = _get(request, pk)
    if found.demande_id is not None:
        return _page(request, found, erreur=str(DejaRangee()), status=409)
    numero = request.POST.get("numero", "").strip().upper()[:20]
    demande = Demande.objects.visible_to(request.acces).filter(numero=numero).first()
    if demande is None:
        phrase = f"Aucune demande ne porte le numéro «\u00a0{numero}\u00a0»." if numero else "Donnez un numéro."
        return _page(request, found, erreur=phrase, status=422)
    try:
        attach_entree(entree=found, demande=demande, by=request.acces.acteur, at=timezone.now())
    except (DejaRangee, FichierAbsent, FenetreDepassee) as refus:
        return _page(request, found, erreur=str(refus), status=409)
    toast(request, f"Message ajouté à la demande {demande.numero}.")
    return redirect("demandes:fiche", request.acces.collectivite.slug, demande.pk)


@requires(QUALIFIER)
@require_POST
def ecarter(request: RequeteAgent, pk: int) -> HttpResponse:
    """Put it aside; it can be taken back at once."""
    found = _get(request, pk)
    slug = request.acces.collectivite.slug
    try:
        dismiss_entree(entree=found, by=request.acces.acteur, at=timezone.now())
    except DejaRangee as refus:
        return _page(request, found, erreur=str(refus), status=409)
    toast(request, "Message écarté.", annuler_url=reverse("demandes:quarantaine_reprendre", args=[slug, pk]))
    return redirect("demandes:quarantaine", slug)


@requires(QUALIFIER)
@require_POST
def reprendre(request: RequeteAgent, pk: int) -> HttpResponse:
    """Undo « Écarter »."""
    found = _get(request, pk)
    try:
        restore_entree(entree=found, by=request.acces.acteur, at=timezone.now())
    except DejaRangee as refus:
        return _page(request, found, erreur=str(refus), status=409)
    toast(request, "Message remis en quarantaine.")
    return redirect("demandes:quarantaine_entree", request.acces.collectivite.slug, pk)


def _visible(request: RequeteAgent) -> QuerySet[Entree]:
    return visible_entrees(request.acces)


def _get(request: RequeteAgent, pk: int) -> Entree:
    """A message that waits or was put aside; one that became a demande is read there, with the demande's rights."""
    found = _visible(request).exclude(etat=Entree.Etat.RECUE)
    if request.method == "GET":
        found = found.filter(demande_id__isnull=True)
    return get_object_or_404(found.select_related("boite"), pk=pk)


def _page(request: RequeteAgent, found: Entree, *, erreur: str = "", status: int = 200) -> HttpResponse:
    found.refresh_from_db(fields=["etat", "demande_id"])
    if found.demande_id is not None:  # its content now obeys the rights of the demande, which may be sealed
        return render(request, "demandes/quarantaine_rangee.html", {"erreur": erreur}, status=status)
    context: dict[str, object] = {"entree": found, "erreur": erreur, "courriel": None}
    context["numero"] = request.POST.get("numero", "")
    try:
        courriel = read_courriel(found)
    except FichierAbsent as absence:
        context["absence"] = str(absence)
    else:
        noms = list(courriel.entetes.index)[:ENTETES_MAX]
        entetes = [(nom, courriel.entetes.readable(nom)[:500]) for nom in noms]
        context |= {"courriel": courriel, "entetes": entetes}
    _log(request, found)
    return render(request, "demandes/quarantaine_entree.html", context, status=status)


def _read_or_404(found: Entree) -> Courriel:
    try:
        return read_courriel(found)
    except FichierAbsent as error:
        raise Http404(str(error)) from error


def _log(request: RequeteAgent, found: Entree) -> None:
    record_reading(
        vue=Consultation.Vue.MESSAGE_BRUT,
        agent_id=request.acces.agent.pk,
        usager_id=found.usager_id,
        objet_id=found.pk,
        at=timezone.now(),
    )
