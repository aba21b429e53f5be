"""« Courrier à imprimer »: letters chosen, joined in one PDF, printed, posted."""

from typing import Any
from uuid import uuid4

from django.db.models import Count, F, Q
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.lettres.impression import AucuneLettre, Choix, TropDeLettres, cancel, mark_posted, prepare_lot
from demandes.models import CourrierDepart, LotImpression
from demandes.views.acces import require_clef
from demandes.views.lettres import send_pdf
from socle.pdf import ABSENT, pdf_disponible
from socle.toasts import toast

TRAITER = Permission.DEMANDE_TRAITER
PAR_PAGE = 100
VUES = {"a_imprimer": "À imprimer", "imprime": "Imprimées", "poste": "Postées", "annule": "Annulées"}


@requires(TRAITER)
@require_GET
def departs(request: RequeteAgent) -> HttpResponse:
    """The letters of one state that this agent may read, oldest first while they wait, newest first afterwards."""
    return _show(request, vue=request.GET.get("vue", ""))


def _show(request: RequeteAgent, *, vue: str, refus: str = "", status: int = 200) -> HttpResponse:
    chosen = vue if vue in VUES else "a_imprimer"
    avant = request.GET.get("avant", "")
    rows = _list(request, chosen, int(avant) if avant.isascii() and avant.isdigit() and len(avant) < 19 else None)
    shown = rows[:PAR_PAGE]
    context: dict[str, Any] = {
        "lettres": shown, "vue": chosen, "refus": refus, "clef": uuid4(),
        "a_composer": any(not each.document for each in shown) and chosen == "a_imprimer",
        "sans_pdf": "" if pdf_disponible() else ABSENT,
        "suivant": f"?vue={chosen}&avant={shown[-1].pk}" if len(rows) > PAR_PAGE else "",
        "onglets": [{"libelle": name, "url": f"?vue={code}", "actif": code == chosen} for code, name in VUES.items()],
        "lots": _list_lots(request) if chosen in {"a_imprimer", "imprime"} else [],
    }  # fmt: skip
    return render(request, "demandes/lettres/departs.html", context, status=status)


def _list(request: RequeteAgent, vue: str, avant: int | None) -> list[CourrierDepart]:
    mine = CourrierDepart.objects.filter(etat=vue, demande__domaine__in=request.acces.domaines)
    waits = vue == "a_imprimer"
    if avant is not None:
        mine = mine.filter(pk__gt=avant) if waits else mine.filter(pk__lt=avant)
    return list(mine.select_related("demande", "agent").order_by("pk" if waits else "-pk")[: PAR_PAGE + 1])


def _list_lots(request: RequeteAgent) -> list[LotImpression]:
    """The last batches whose every letter this agent may read."""
    return list(_readable_lots(request).filter(restent__gt=0).order_by("-at", "-pk")[:5])


def _readable_lots(request: RequeteAgent) -> Any:
    """Batches that hold no letter sealed to this agent.

    The PDF keeps a letter that has left its batch (withdrawn, or printed again in another one): nobody can tell any
    more whether it was sealed, so that only whoever joined the batch still opens it.
    """
    lots = LotImpression.objects.select_related("agent").annotate(restent=Count("courriers"))
    return lots.exclude(pk__in=_hidden(request)).filter(Q(restent=F("nombre")) | Q(agent=request.acces.agent))


def _hidden(request: RequeteAgent) -> Any:
    sealed = CourrierDepart.objects.filter(lot__isnull=False).exclude(demande__domaine__in=request.acces.domaines)
    return sealed.values("lot_id")


@requires(TRAITER)
@require_POST
def departs_geste(request: RequeteAgent) -> HttpResponse:
    """Print, post or withdraw the letters that are ticked."""
    geste, slug = request.POST.get("geste", ""), request.acces.collectivite.slug
    common: dict[str, Any] = {"choix": _read_choix(request), "by": request.acces.acteur, "at": timezone.now()}
    try:
        if geste == "imprimer":
            lot = prepare_lot(**common, agent=request.acces.agent, clef=require_clef(request))
            return redirect("demandes:lot_impression", slug, lot.pk)
        if geste == "poster":
            toast(request, _count(mark_posted(**common), "postée"))
        elif geste == "annuler":
            toast(request, _count(cancel(**common), "annulée"))
        else:
            raise Http404
    except (AucuneLettre, TropDeLettres) as refusal:
        return _show(request, vue=request.POST.get("vue", ""), refus=str(refusal), status=422)
    vue = request.POST.get("vue", "")
    return redirect(reverse("demandes:departs", args=[slug]) + (f"?vue={vue}" if vue in VUES else ""))


def _read_choix(request: RequeteAgent) -> Choix:
    ticked = request.POST.getlist("lettre")
    return Choix(frozenset(int(each) for each in ticked if each.isascii() and each.isdigit() and len(each) < 19),
                 request.acces.domaines)  # fmt: skip


def _count(number: int, done: str) -> str:
    return f"{number}\u00a0lettre{'s' if number > 1 else ''} {done}{'s' if number > 1 else ''}."


def _get_lot(request: RequeteAgent, pk: int) -> LotImpression:
    """Return a batch, or 404: one that holds a letter this agent may not read does not exist for them."""
    lot: LotImpression = get_object_or_404(_readable_lots(request), pk=pk)
    return lot


@requires(TRAITER)
@require_GET
def lot_impression(request: RequeteAgent, pk: int) -> HttpResponse:
    """Show a batch while its PDF is being joined, then what is left to do with it."""
    lot = _get_lot(request, pk)
    lettres = list(lot.courriers.select_related("demande").order_by("created_at", "pk"))
    context = {
        "lot": lot, "lettres": lettres, "pages": sum(each.pages for each in lettres),
        "a_poster": [each for each in lettres if each.etat == CourrierDepart.Etat.IMPRIME],
        "sans_pdf": "" if pdf_disponible() else ABSENT,
    }  # fmt: skip
    gabarit = "demandes/lettres/lot.html#suivi" if request.htmx else "demandes/lettres/lot.html"
    return render(request, gabarit, context)


@requires(TRAITER)
@require_GET
def lot_impression_pdf(request: RequeteAgent, pk: int) -> HttpResponse | FileResponse:
    """Download the joined PDF; each usager's letter is logged as read."""
    lot = _get_lot(request, pk)
    if not lot.document or not lot.courriers.exists():
        raise Http404
    return send_pdf(
        request, lot.document, nom=f"lettres-{lot.at:%Y-%m-%d}-{lot.pk}.pdf",
        lus=list(lot.courriers.values_list("demande__usager_id", "demande_id")),
        motif=f"lot {lot.pk}, {lot.nombre} lettres",
    )  # fmt: skip
