"""Pages for usagers: who comes, the code that proves the address, the appointment confirmed.

Each page can be reloaded, sent twice or left by the Back button: what was typed follows, the slot is asked again if it
was lost, and the key of the booking makes one appointment, whatever happens.
"""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from collectivites.acces import RequeteUsager, prologue
from rendezvous.attente.inscriptions import end_inscription
from rendezvous.en_ligne.actions import confirm_prise, find_rendezvous, is_confirmed
from rendezvous.en_ligne.choix import read_prise, read_valeur
from rendezvous.en_ligne.codes import CodeRefuse, find_code, verify_code
from rendezvous.etats import Etat
from rendezvous.forms_usager import FormulaireCode, FormulaireCoordonnees
from rendezvous.models import CodeConfirmation, InscriptionAttente, RendezVous
from rendezvous.reservation.refus import CreneauPris, RendezVousRefuse
from rendezvous.views.usager.choisir import read_chosen
from rendezvous.views.usager.etape import (
    REFUS,
    Etape,
    etape,
    read_kept,
    show_code,
    show_coordonnees,
    show_lost,
)
from rendezvous.views.usager.lien import describe
from rendezvous.views.usager.page import TROP, is_too_much, page_usager, show_end, show_page
from rendezvous.views.usager.titres import check_prise, read_verification

CODES_MAX, ESSAIS_MAX = 20, 60  # codes asked for, codes tried, by one visitor in ten minutes
RELACHE = "Le temps était passé\u00a0: nous avons retenu de nouveau ce créneau et envoyé un autre code."


@prologue(check_prise)
@etape("GET", "POST")
def coordonnees(here: Etape) -> HttpResponse:
    """Ask who comes; then send the code."""
    if here.request.method == "POST":
        return _receive(here)
    row = find_code(here.held) if here.held else None
    return show_coordonnees(here, here.build_form(saisie=row.saisie if row else None))


def _receive(here: Etape) -> HttpResponse:
    """Keep what was typed with the slot, and send the code. A slot lost comes back with the three nearest."""
    form, chosen = here.build_form(here.request.POST), read_valeur(read_chosen(here.request))
    if chosen is not None:
        debut_at, lieu_id, seance_id = chosen
        here = here.move(replace(here.prise, debut_at=debut_at, lieu_id=lieu_id, seance_id=seance_id))
    form.is_valid()
    if not form.hear(read_verification(here.request)):
        return show_coordonnees(here, form, status=422 if form.errors else 409)
    if is_too_much(here.request, "code", CODES_MAX):
        form.add_error(None, TROP)
        return show_coordonnees(here, form, status=429)
    try:
        here = here.retain()
        here.send_code(form.saisie, form.canaux[0])
    except CreneauPris as lost:
        return show_coordonnees(replace(here, held=None), form, perdu=lost, status=409)
    except REFUS as refusal:
        form.add_error(_find_field(form, refusal), str(refusal))
        return show_coordonnees(here, form, status=409)
    return here.go("code")


def _find_field(form: FormulaireCoordonnees, refusal: Exception) -> str | None:
    champ = getattr(refusal, "champ", "")
    named = {"numero_predemande": "predemande"}.get(champ, champ)
    return named if named in form.fields else None


@etape("GET", "POST")
def code(here: Etape) -> HttpResponse:
    """Ask for the code; the right one confirms."""
    row, saisie = find_code(here.held) if here.held else None, read_kept(here)
    if saisie is None or (here.request.method == "GET" and (row is None or not row.code_hash)):
        return here.go("coordonnees")
    if here.request.method == "GET":
        return show_code(here, FormulaireCode(), saisie)
    return _try_code(here, saisie)


def _try_code(here: Etape, saisie: dict[str, Any]) -> HttpResponse:
    form = FormulaireCode(here.request.POST)
    if not form.is_valid():
        return show_code(here, form, saisie, status=422)
    if is_too_much(here.request, "essai", ESSAIS_MAX):
        return show_code(here, form, saisie, erreur=TROP, status=429)
    if here.held is None or find_code(here.held) is None:
        return _send_again(here, saisie, _first_canal(saisie), is_relache=True)
    try:
        proven = verify_code(rendezvous=here.held, typed=form.cleaned_data["code"], at=here.at)
    except CodeRefuse as refusal:
        if is_confirmed(here.held):
            return here.go("confirme")  # sent twice at once: the other one has just confirmed
        form.add_error("code", str(refusal))
        return show_code(here, form, saisie, status=422)
    return _confirm(here, here.held, proven)


def _confirm(here: Etape, held: RendezVous, proven: CodeConfirmation) -> HttpResponse:
    """Late is not lost: an option that expired is confirmed too, while nobody took its time."""
    saisie = dict(proven.saisie)
    try:
        confirm_prise(rendezvous=held, code=proven, invite_id=here.prise.choix.invite_id, at=here.at)
    except CreneauPris as lost:
        return show_lost(here, saisie, lost)
    except RendezVousRefuse as refusal:
        return show_coordonnees(here, here.build_form(saisie=saisie), erreur=refusal.phrase, status=409)
    waited = here.prise.choix.attente_id
    if waited is not None:
        end_inscription(inscription_id=waited, fin=InscriptionAttente.Fin.PRIS, at=here.at)
    return here.go("confirme")


@etape("POST")
def renvoi(here: Etape) -> HttpResponse:
    """Send another code, by the channel chosen."""
    saisie = read_kept(here)
    if saisie is None:
        return here.go("coordonnees")
    is_sms = here.request.POST.get("canal") == "sms" and bool(saisie["telephone"])
    return _send_again(here, saisie, "sms" if is_sms else _first_canal(saisie))


def _send_again(here: Etape, saisie: dict[str, str], canal: str, *, is_relache: bool = False) -> HttpResponse:
    """Send a new code; `is_relache`: the slot had been let go, it is taken back if nobody did."""
    if is_too_much(here.request, "code", CODES_MAX):
        return show_code(here, FormulaireCode(), saisie, erreur=TROP, status=429)
    try:
        here = here.retain()
        here.send_code(saisie, canal, is_renvoi=True)
    except CreneauPris as lost:
        return show_lost(here, saisie, lost)
    except REFUS as refusal:
        return show_code(here, FormulaireCode(), saisie, erreur=str(refusal), status=409)
    if is_relache:
        return show_code(here, FormulaireCode(), saisie, info=RELACHE, status=409)
    return here.go("code", "?renvoye=1")


def _first_canal(saisie: dict[str, str]) -> str:
    return "courriel" if saisie["courriel"] else "sms"


@page_usager("GET")
def confirme(request: RequeteUsager, passe: str) -> HttpResponse:
    """The appointment: when, where, what to bring, how to change it."""
    prise = read_prise(passe)
    held = find_rendezvous(prise) if prise else None
    first = held.participations.select_related("usager").order_by("rang").first() if held else None
    if prise is None or held is None or held.etat == Etat.OPTION or first is None:
        return show_end(request, "prise")
    context = describe(held, first, request.collectivite, at=timezone.now(), is_nomme=True)
    return show_page(request, "confirme", context, service=held.service, lieu=held.lieu)
