"""« Courrier arrivée »: batches of scans, letters to qualify, the scan beside the form."""

from typing import Any, BinaryIO
from uuid import UUID, uuid4

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from citoyens.models import Usager
from citoyens.recherche import search_usagers
from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.actions import FenetreDepassee
from demandes.arrivees.actions import (
    CourrierChange,
    DateImpossible,
    MotifManquant,
    attach_courrier,
    discard_courrier,
    open_from_courrier,
    register_courrier,
    restore_courrier,
)
from demandes.arrivees.decoupe import LotIllisible, render_page
from demandes.arrivees.lecture import PAR_PAGE, VUES, list_courriers, list_lots, visible_courriers
from demandes.arrivees.lots import LotRefuse, deposit_lot
from demandes.arrivees.separateurs import draw_page
from demandes.forms_arrivees import FormulaireCourrier
from demandes.models import CourrierArrivee, Demande
from demandes.recherche import find_by_numero
from demandes.views.acces import require_clef
from demandes.views.documents import BAC_A_SABLE
from journal.actions import record_reading
from journal.models import Consultation
from socle.depot import FichierAbsent, open_file, read_file
from socle.fichiers import FichierRefuse
from socle.fichiers.televersement import list_refused
from socle.nombres import read_nombre
from socle.pdf import PdfIndisponible
from socle.toasts import toast

QUALIFIER = Permission.ENTREE_QUALIFIER


@requires(QUALIFIER)
@require_GET
def arrivees(request: RequeteAgent) -> HttpResponse:
    """The letters of one view, newest first."""
    vue = request.GET.get("vue", "") if request.GET.get("vue", "") in VUES else "a_qualifier"
    texte, avant = request.GET.get("texte", "")[:100], request.GET.get("avant", "")
    rows = list_courriers(request.acces, vue=vue, texte=texte, avant=read_nombre(avant))
    context = {
        "courriers": rows[:PAR_PAGE], "vue": vue, "texte": texte,
        "suivant": f"?vue={vue}&texte={texte}&avant={rows[PAR_PAGE - 1].pk}" if len(rows) > PAR_PAGE else "",
        "onglets": [
            {"libelle": libelle, "url": f"?vue={code}", "actif": code == vue} for code, libelle in VUES.items()
        ],
    }  # fmt: skip
    return render(request, "demandes/arrivees/liste.html", context)


@requires(QUALIFIER)
def lots(request: RequeteAgent) -> HttpResponse:
    """The last batches, how far each is; a POST deposits new ones."""
    if request.method == "POST":
        return _deposit(request)
    return _show_lots(request)


def _show_lots(request: RequeteAgent, *, erreurs: list[str] | None = None) -> HttpResponse:
    rows = list_lots()
    context = {"lots": rows, "erreurs": erreurs or [], "clef": uuid4(), "maximum": settings.LOT_MAX,
               "en_cours": any(lot.etat == lot.Etat.RECU for lot in rows)}  # fmt: skip
    if request.htmx and request.method == "GET":
        return render(request, "demandes/arrivees/lots.html#suivi", context)
    return render(request, "demandes/arrivees/lots.html", context, status=422 if erreurs else 200)


def _deposit(request: RequeteAgent) -> HttpResponse:
    """Keep each file; those that are no scan are named, the others are cut all the same."""
    refused = [f"«\u00a0{each.nom}\u00a0»\u00a0: {each.refus}" for each in list_refused(request)]
    clef, kept = require_clef(request), 0
    for rang, upload in enumerate(request.FILES.getlist("scans")):
        flux: BinaryIO = upload.file  # type: ignore[assignment]
        try:
            deposit_lot(
                flux=flux, nom=upload.name or "scan", clef=UUID(int=(clef.int + rang) % 2**128),
                agent_id=request.acces.agent.pk, by=request.acces.acteur, at=timezone.now(),
            )  # fmt: skip
            kept += 1
        except (LotRefuse, FichierRefuse) as refusal:
            refused.append(str(refusal))
    if not kept and not refused:
        refused.append("Choisissez un fichier\u00a0: un PDF ou un TIFF sorti du numériseur.")
    if kept:
        toast(request, f"{kept} fichier{'s' if kept > 1 else ''} en cours de découpage.")
    if refused:
        return _show_lots(request, erreurs=refused)
    return redirect("demandes:lots", request.acces.collectivite.slug)


@requires(QUALIFIER)
@require_GET
def separateur(request: RequeteAgent) -> HttpResponse:
    """The separator page, to print."""
    town = request.acces.collectivite
    try:
        pdf = draw_page(base_url=settings.RACINE / "static", collectivite=town.nom)
    except PdfIndisponible as refusal:
        toast(request, str(refusal), ton="alerte")
        return redirect("demandes:lots", town.slug)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="page-de-separation.pdf"'
    return response


@requires(QUALIFIER)
def enregistrer(request: RequeteAgent) -> HttpResponse:
    """Register a letter by hand: its n° chrono is given at once."""
    now = timezone.now()
    form = FormulaireCourrier(request.POST or None, today=timezone.localdate(now))
    if request.method == "POST" and form.is_valid():
        try:
            courrier = register_courrier(
                identite=form.identite, service=form.cleaned_data["service"], usager=None, clef=require_clef(request),
                agent_id=request.acces.agent.pk, by=request.acces.acteur, at=now,
            )  # fmt: skip
        except DateImpossible as refusal:
            form.add_error("date_arrivee", str(refusal))
        else:
            toast(request, f"Courrier {courrier.chrono} enregistré.")
            return redirect("demandes:arrivee", request.acces.collectivite.slug, courrier.pk)
    context = {"form": form, "clef": require_clef(request)}
    return render(request, "demandes/arrivees/nouveau.html", context, status=422 if request.method == "POST" else 200)


@requires(QUALIFIER)
def arrivee(request: RequeteAgent, pk: int) -> HttpResponse:
    """One letter: its scan, what to write of it. A POST does what its button says."""
    courrier = _get(request, pk)
    if request.method == "POST":
        return _decide(request, courrier)
    _log(request, courrier)
    return _show(request, courrier, _form(courrier))


def _form(courrier: CourrierArrivee, data: Any = None) -> FormulaireCourrier:
    known = {
        name: getattr(courrier, name)
        for name in ("date_arrivee", "nature", "numero_recommande", "expediteur", "objet", "date_courrier",
                     "date_cachet", "service")
    }  # fmt: skip
    return FormulaireCourrier(data, initial=known, today=timezone.localdate())


def _show(
    request: RequeteAgent, courrier: CourrierArrivee, form: FormulaireCourrier, *, refus: str = "", status: int = 200
) -> HttpResponse:
    source = request.POST if request.method == "POST" else request.GET
    qui = source.get("qui", "")
    chosen = _find_usager(source.get("usager", ""))
    context = {
        "courrier": courrier, "form": form, "refus": refus, "qui": qui or (courrier.expediteur if not chosen else ""),
        "choisi": chosen, "trouves": search_usagers(qui, limite=6) if qui.strip() and not chosen else [],
        "numero": source.get("numero", ""), "motif": source.get("motif", ""),
        "description": source.get("description", ""),
        "pages": range(1, courrier.pages + 1), "version": courrier.version,
    }  # fmt: skip
    return render(request, "demandes/arrivees/courrier.html", context, status=status)


def _decide(request: RequeteAgent, courrier: CourrierArrivee) -> HttpResponse:
    """Open, attach, discard or restore; a refusal gives the page back with everything typed."""
    geste, form = request.POST.get("geste", ""), _form(courrier, request.POST)
    common: dict[str, Any] = {
        "courrier": courrier, "version": _read_version(request, courrier), "by": request.acces.acteur,
        "at": timezone.now(),
    }  # fmt: skip
    try:
        if geste == "ecarter":
            discard_courrier(**common, motif=request.POST.get("motif", ""))
            toast(request, f"Courrier {courrier.chrono} écarté.")
            return redirect("demandes:arrivees", request.acces.collectivite.slug)
        if geste == "reprendre":
            restore_courrier(**common)
            return redirect("demandes:arrivee", request.acces.collectivite.slug, courrier.pk)
        if geste == "chercher" or not form.is_valid():
            return _show(request, courrier, form, status=200 if geste == "chercher" else 422)
        demande = _qualify(request, form, common, geste)
    except CourrierChange as refusal:
        courrier.refresh_from_db()
        return _show(request, courrier, form, refus=str(refusal), status=409)
    except (DateImpossible, MotifManquant, FenetreDepassee, NumeroInconnu) as refusal:
        return _show(request, courrier, form, refus=str(refusal), status=422)
    return _leave(request, courrier, demande)


class NumeroInconnu(ValueError):
    """No demande of this number that the agent may read."""

    def __init__(self, typed: str) -> None:
        super().__init__(f"Aucune demande «\u00a0{typed}\u00a0» que vous puissiez lire.")


def _qualify(request: RequeteAgent, form: FormulaireCourrier, common: dict[str, Any], geste: str) -> Demande:
    if geste == "rattacher":
        typed = request.POST.get("numero", "")
        found = find_by_numero(f"dem {typed}" if typed.isdigit() else typed, request.acces, annee=common["at"].year)
        if found is None:
            raise NumeroInconnu(typed)
        return attach_courrier(**common, identite=form.identite, demande=found)
    return open_from_courrier(
        **common, identite=form.identite, type_=form.cleaned_data["type"], service=form.cleaned_data["service"],
        usager=_find_usager(request.POST.get("usager", "")), description=request.POST.get("description", ""),
    )  # fmt: skip


def _leave(request: RequeteAgent, courrier: CourrierArrivee, demande: Demande) -> HttpResponse:
    """To the next letter of the batch, else to the demande: qualifying a pile is a run."""
    toast(request, f"Courrier {courrier.chrono}\u00a0: demande {demande.numero}.")
    slug = request.acces.collectivite.slug
    waiting = visible_courriers(request.acces).filter(etat=CourrierArrivee.Etat.A_QUALIFIER, pk__gt=courrier.pk)
    suivant = waiting.order_by("pk").first() if courrier.lot_id else None
    if suivant is not None:
        return redirect("demandes:arrivee", slug, suivant.pk)
    if demande.domaine not in request.acces.domaines:
        return redirect("demandes:arrivees", slug)
    return redirect("demandes:fiche", slug, demande.pk)


@requires(QUALIFIER)
@require_GET
def page_scannee(request: RequeteAgent, pk: int, rang: int) -> HttpResponse:
    """One page of the scan, as a picture."""
    courrier = _get(request, pk)
    if courrier.entree is None:
        raise Http404
    try:
        image = render_page(read_file(courrier.entree.brut), rang=rang)
    except (FichierAbsent, LotIllisible) as error:
        raise Http404(str(error)) from error
    _log(request, courrier)
    response = HttpResponse(image, content_type="image/png")
    response["Cache-Control"] = "private, no-store"  # the next agent at this desk may not read this letter
    response["X-Content-Type-Options"] = "nosniff"
    return response


@requires(QUALIFIER)
@require_GET
def scan(request: RequeteAgent, pk: int) -> FileResponse:
    """Download the scan as it was received."""
    courrier = _get(request, pk)
    if courrier.entree is None:
        raise Http404
    try:
        contenu = open_file(courrier.entree.brut)
    except FichierAbsent as error:
        raise Http404(str(error)) from error
    _log(request, courrier)
    response = FileResponse(
        contenu, as_attachment=True, filename=f"{courrier.chrono}.pdf", content_type="application/pdf"
    )
    response["Content-Security-Policy"] = BAC_A_SABLE
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _get(request: RequeteAgent, pk: int) -> CourrierArrivee:
    rows = visible_courriers(request.acces).select_related("entree", "lot", "service", "demande", "usager")
    return get_object_or_404(rows, pk=pk)


def _log(request: RequeteAgent, courrier: CourrierArrivee) -> None:
    record_reading(
        vue=Consultation.Vue.PIECE, agent_id=request.acces.agent.pk, usager_id=courrier.usager_id,
        objet_id=courrier.pk, at=timezone.now(),
    )  # fmt: skip


def _find_usager(text: str) -> Usager | None:
    return Usager.objects.filter(pk=read_nombre(text) or 0).first()


def _read_version(request: RequeteAgent, courrier: CourrierArrivee) -> int:
    read = read_nombre(request.POST.get("version", ""), maximum=2**31 - 1)
    return courrier.version if read is None else read
