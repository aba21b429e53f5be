"""Pages for usagers: ask to be told when a slot comes free, prove the address, see the wait and stop it.

Nothing is free, or nothing soon enough. Neither account nor appointment.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from collectivites.acces import RequeteUsager
from messagerie.destinataires import MessageRefuse
from rendezvous.attente.inscriptions import (
    Souhait,
    ask_inscription,
    find_inscription,
    find_limite,
    prove_inscription,
    send_code,
    stop_inscription,
)
from rendezvous.attente.places_libres import get_fuseau
from rendezvous.en_ligne.choix import Choix, read_choix, sign_choix
from rendezvous.en_ligne.codes import CodeRefuse
from rendezvous.en_ligne.semaines import Recherche
from rendezvous.en_ligne.vitrine import find_motif_of, is_lieu_choisi, list_lieux
from rendezvous.forms_attente import FormulaireAttente
from rendezvous.forms_usager import FormulaireCode, write_personnes
from rendezvous.heures import get_day
from rendezvous.jetons import write_jeton
from rendezvous.messages.attente import is_discret, name_lieu, name_motif
from rendezvous.models import InscriptionAttente
from rendezvous.reservation.refus import RendezVousRefuse
from rendezvous.views.usager.choisir import build_recherche
from rendezvous.views.usager.page import TROP, is_too_much, page_usager, show_end, show_page

DEMANDES_MAX, ESSAIS_MAX, GESTES_MAX = 10, 60, 40  # of one visitor in ten minutes
FAITS = {"oui": "C'est noté\u00a0: nous vous écrirons dès qu'une place se libère.",
         "non": "C'est noté\u00a0: nous ne vous écrirons plus."}  # fmt: skip
UN_CLIC = "One-Click"  # RFC 8058 § 3.1


@page_usager("GET", "POST")
def attendre(request: RequeteUsager, passe: str) -> HttpResponse:
    """Ask where to write and until when; then send the code."""
    choix = read_choix(passe)
    motif = find_motif_of(choix) if choix else None
    if choix is None or motif is None:
        return show_end(request, "choix")
    recherche = build_recherche(request, motif, choix)
    form = _build_form(request, recherche)
    context = {
        "motif": motif, "passe": passe, "form": form, "quoi": write_personnes(choix.personnes, motif),
        "lieu": recherche.lieux.get(choix.lieu_id or 0), "premier": form.premier,
    }  # fmt: skip
    status = 200 if request.method != "POST" else _ask(request, recherche, form)
    if isinstance(status, HttpResponse):
        return status
    return show_page(request, "attendre", context, service=motif.service, status=status)


def _build_form(request: RequeteUsager, recherche: Recherche) -> FormulaireAttente:
    motif, choix = recherche.motif, recherche.choix
    lieux = list_lieux(motif) if choix.lieu_id is None else []
    first = recherche.find_first()
    return FormulaireAttente(
        request.POST if request.method == "POST" else None,
        lieux=lieux if is_lieu_choisi(motif, lieux) else [],
        today=recherche.aujourd_hui,
        limite=find_limite(today=recherche.aujourd_hui),
        premier=get_day(first.debut_at, recherche.lieux[first.lieu_id].fuseau) if first else None,
    )


def _ask(request: RequeteUsager, recherche: Recherche, form: FormulaireAttente) -> HttpResponse | int:
    """Write the wait and go and ask for its code; the status of the page when something is in the way."""
    if not form.is_valid():
        return 422
    if is_too_much(request, "attente", DEMANDES_MAX):
        form.add_error(None, TROP)
        return 429
    canal, destinataire = form.voie
    souhait = Souhait(form.complete(recherche.choix), canal, destinataire, form.cleaned_data["jusqu_on"])
    try:
        row = ask_inscription(motif=recherche.motif, souhait=souhait, at=recherche.at)
    except (CodeRefuse, MessageRefuse) as refusal:
        form.add_error(None, str(refusal))
        return 409
    return redirect("rdv:attente_code", request.collectivite.slug, write_jeton(bytes(row.sel)))


Vue = Callable[[RequeteUsager, InscriptionAttente, str], HttpResponse]


def par_jeton(*methodes: str, is_ouverte: bool = False) -> Callable[[Vue], Callable[..., HttpResponseBase]]:
    """Declare a page opened by the link of a wait."""

    def decorate(view: Vue) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def opened(request: RequeteUsager, jeton: str) -> HttpResponse:
            row = find_inscription(jeton)
            return view(request, row, jeton) if row else show_end(request, "inconnu")

        return page_usager(*methodes, is_ouverte=is_ouverte)(opened)

    return decorate


@par_jeton("GET", "POST")
def code(request: RequeteUsager, row: InscriptionAttente, jeton: str) -> HttpResponse:
    """Ask for the code; the right one starts the wait."""
    if row.prouve_at is not None or row.ended_at is not None:
        return redirect("rdv:attente", request.collectivite.slug, jeton)
    if request.method == "GET":
        return _show_code(request, row, jeton, FormulaireCode(), renvoye=request.GET.get("renvoye") == "1")
    if request.POST.get("renvoi"):
        return _send_again(request, row, jeton)
    return _try_code(request, row, jeton)


def _try_code(request: RequeteUsager, row: InscriptionAttente, jeton: str) -> HttpResponse:
    form = FormulaireCode(request.POST)
    if not form.is_valid():
        return _show_code(request, row, jeton, form, status=422)
    if is_too_much(request, "essai", ESSAIS_MAX):
        return _show_code(request, row, jeton, form, erreur=TROP, status=429)
    try:
        prove_inscription(inscription=row, typed=form.cleaned_data["code"], at=timezone.now())
    except CodeRefuse as refusal:
        form.add_error("code", str(refusal))
        return _show_code(request, row, jeton, form, status=422)
    except RendezVousRefuse as refusal:
        return _show_code(request, row, jeton, form, erreur=refusal.phrase, status=409)
    return _go(request, jeton, "oui")


def _send_again(request: RequeteUsager, row: InscriptionAttente, jeton: str) -> HttpResponse:
    if is_too_much(request, "attente", DEMANDES_MAX):
        return _show_code(request, row, jeton, FormulaireCode(), erreur=TROP, status=429)
    try:
        send_code(inscription=row, at=timezone.now())
    except (CodeRefuse, MessageRefuse) as refusal:
        return _show_code(request, row, jeton, FormulaireCode(), erreur=str(refusal), status=409)
    answer = redirect("rdv:attente_code", request.collectivite.slug, jeton)
    answer.headers["Location"] += "?renvoye=1"
    return answer


def _show_code(
    request: RequeteUsager, row: InscriptionAttente, jeton: str, form: FormulaireCode, *, status: int = 200,
    **plus: Any,
) -> HttpResponse:  # fmt: skip
    here = reverse("rdv:attente_code", args=[request.collectivite.slug, jeton])
    context = {"code": row, "adresses": {"code": here, "renvoi": here}, "form": form} | plus
    return show_page(request, "attente_code", context, service=_get_service(row), status=status)


@par_jeton("GET", "POST", is_ouverte=True)
def attente(request: RequeteUsager, row: InscriptionAttente, jeton: str) -> HttpResponse:
    """The wait: what for, until when, the slots free now, and how to stop. The link is the whole right."""
    if row.prouve_at is None and row.ended_at is None:
        return redirect("rdv:attente_code", request.collectivite.slug, jeton)
    if request.method == "POST" and request.POST.get("List-Unsubscribe") == UN_CLIC:
        return _stop_at_once(request, row, jeton)
    if request.method == "POST" and request.POST.get("non"):
        if is_too_much(request, "geste", GESTES_MAX):
            return show_page(request, "attente", describe(row, jeton) | {"erreur": TROP}, status=429)
        stop_inscription(inscription=row, at=timezone.now())
        return _go(request, jeton, "non")
    fait = FAITS.get(request.GET.get("fait", ""), "")
    is_true = fait == FAITS["non"] if row.ended_at else fait == FAITS["oui"]
    context = describe(row, jeton) | {"fait": fait if is_true else ""}
    return show_page(request, "attente", context, service=_get_service(row))


def _stop_at_once(request: RequeteUsager, row: InscriptionAttente, jeton: str) -> HttpResponse:
    """Answer the mail software, with no redirect (RFC 8058) nor quota: one server asks for all its users."""
    stop_inscription(inscription=row, at=timezone.now())
    row.refresh_from_db(fields=["ended_at", "fin"])
    return show_page(request, "attente", describe(row, jeton) | {"fait": FAITS["non"]}, service=_get_service(row))


def describe(row: InscriptionAttente, jeton: str) -> dict[str, Any]:
    """Return what the page says: a sensitive motif is not named, nor its lieu.

    An invitation does not outlive its wait, but for the last slot told.
    """
    is_alive = row.ended_at is None or row.fin == InscriptionAttente.Fin.MESSAGES
    choix = Choix(
        row.motif_id, row.personnes, row.lieu_id, row.zone_id, is_invite=row.is_invite,
        attente_id=row.pk if is_alive else None,
    )  # fmt: skip
    fuseau, is_bientot = get_fuseau(row), row.propose_at is not None and row.propose_at > timezone.now()
    is_open = row.ended_at is None or not row.is_invite or (is_alive and is_bientot)
    return {
        "inscription": row, "jeton": jeton, "titre": name_motif(row.motif), "fuseau": fuseau,
        "quoi": write_personnes(row.personnes, row.motif), "ou": name_lieu(row.motif, row.lieu) if row.lieu else "",
        "passe": sign_choix(choix) if is_open else "", "is_bientot": is_bientot,
        "propose_on": get_day(row.propose_at, fuseau) if row.propose_at else None,
    }  # fmt: skip


def _get_service(row: InscriptionAttente) -> Any:
    """Whose phone is shown; the town's for what is sealed."""
    return None if is_discret(row.motif) else row.motif.service


def _go(request: RequeteUsager, jeton: str, fait: str) -> HttpResponse:
    answer = redirect("rdv:attente", request.collectivite.slug, jeton)
    answer.headers["Location"] += f"?fait={fait}"
    return answer
