"""Pages for usagers: who comes to a visit, the code that proves the address, the visit confirmed.

The same manners as for one appointment (`prendre`): nothing typed is lost, one key makes one visit, whatever is sent
twice or late.
"""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from collectivites.acces import RequeteUsager, prologue
from rendezvous.en_ligne.codes import CodeRefuse, verify_code
from rendezvous.en_ligne.venues import list_pieces
from rendezvous.en_ligne.visites import read_visite
from rendezvous.en_ligne.visites_actions import confirm_prise_visite, find_parcours, find_saisie
from rendezvous.etats import VIVANTS
from rendezvous.forms_usager import FormulaireCode
from rendezvous.forms_visite import FormulaireVisiteurs
from rendezvous.jetons import write_jeton
from rendezvous.messages.parcours import load_contenus
from rendezvous.models import CodeConfirmation
from rendezvous.reservation.refus import CreneauPris, RendezVousRefuse
from rendezvous.views.usager.etape import REFUS
from rendezvous.views.usager.page import TROP, is_too_much, page_usager, show_end, show_page
from rendezvous.views.usager.titres import check_visite, read_verification
from rendezvous.views.usager.visite_etape import (
    EtapeVisite,
    etape_visite,
    read_kept,
    show_code,
    show_coordonnees,
    show_lost,
)

CODES_MAX, ESSAIS_MAX = 20, 60  # codes asked for, codes tried, by one visitor in ten minutes
RELACHE = "Le temps était passé\u00a0: nous avons retenu de nouveau ces heures et envoyé un autre code."


@prologue(check_visite)
@etape_visite("GET", "POST")
def coordonnees(here: EtapeVisite) -> HttpResponse:
    """Ask who comes; then send the code."""
    if here.request.method == "POST":
        return _receive(here)
    row = find_saisie(here.held)
    return show_coordonnees(here, here.build_form(saisie=row.saisie if row else None))


def _receive(here: EtapeVisite) -> HttpResponse:
    """Keep what was typed with the slots, and send the code. A visit lost comes back with those that are left."""
    other = read_visite(here.request.POST.get("visite", ""))
    if other is not None and (other.clef, other.modele_id) == (here.prise.clef, here.prise.modele_id):
        here = here.move(other)
    form = here.build_form(here.request.POST)
    form.is_valid()
    if not form.hear(read_verification(here.request)):
        return show_coordonnees(here, form, status=422 if form.errors else 409)
    if is_too_much(here.request, "code", CODES_MAX):
        form.add_error(None, TROP)
        return show_coordonnees(here, form, status=429)
    try:
        here = here.retain()
        here.send_code(form.saisie, form.canaux[0])
    except CreneauPris:
        return show_coordonnees(replace(here, held=[]), form, is_perdue=True, status=409)
    except REFUS as refusal:
        form.add_error(_find_field(form, refusal), str(refusal))
        return show_coordonnees(here, form, status=409)
    return here.go("code")


def _find_field(form: FormulaireVisiteurs, refusal: Exception) -> str | None:
    champ = getattr(refusal, "champ", "")
    named = {"numero_predemande": "predemande"}.get(champ, champ)
    return named if named in form.fields else None


@etape_visite("GET", "POST")
def code(here: EtapeVisite) -> HttpResponse:
    """Ask for the code; the right one confirms every appointment."""
    row, saisie = find_saisie(here.held), read_kept(here)
    if saisie is None or (here.request.method == "GET" and (row is None or not row.code_hash)):
        return here.go("coordonnees")
    if here.request.method == "GET":
        return show_code(here, FormulaireCode(), saisie)
    return _try_code(here, row, saisie)


def _try_code(here: EtapeVisite, row: CodeConfirmation | None, saisie: dict[str, Any]) -> HttpResponse:
    form = FormulaireCode(here.request.POST)
    if not form.is_valid():
        return show_code(here, form, saisie, status=422)
    if is_too_much(here.request, "essai", ESSAIS_MAX):
        return show_code(here, form, saisie, erreur=TROP, status=429)
    if row is None or len(here.held) < len(here.prise.arrets):
        return _send_again(here, saisie, _first_canal(saisie), is_relache=True)
    try:
        proven = verify_code(rendezvous=here.held[0], typed=form.cleaned_data["code"], at=here.at)
    except CodeRefuse as refusal:
        if find_parcours(here.prise) is not None:
            return here.go("confirmee")  # sent twice at once: the other one has just confirmed
        form.add_error("code", str(refusal))
        return show_code(here, form, saisie, status=422)
    return _confirm(here, proven)


def _confirm(here: EtapeVisite, proven: CodeConfirmation) -> HttpResponse:
    """Late is not lost: options that expired are confirmed too, while nobody took their time."""
    saisie = dict(proven.saisie)
    try:
        confirm_prise_visite(prise=here.prise, formule=here.formule, code=proven, at=here.at)
    except CreneauPris:
        return show_lost(replace(here, held=[]), saisie)
    except RendezVousRefuse as refusal:
        return show_coordonnees(here, here.build_form(saisie=saisie), erreur=refusal.phrase, status=409)
    return here.go("confirmee")


@etape_visite("POST")
def renvoi(here: EtapeVisite) -> HttpResponse:
    """Send another code, by the channel chosen."""
    saisie = read_kept(here)
    if saisie is None:
        return here.go("coordonnees")
    is_sms = here.request.POST.get("canal") == "sms" and bool(saisie["telephone"])
    return _send_again(here, saisie, "sms" if is_sms else _first_canal(saisie))


def _send_again(here: EtapeVisite, saisie: dict[str, Any], canal: str, *, is_relache: bool = False) -> HttpResponse:
    """Send a new code; `is_relache`: the slots had been let go, they are taken back if nobody did."""
    if is_too_much(here.request, "code", CODES_MAX):
        return show_code(here, FormulaireCode(), saisie, erreur=TROP, status=429)
    try:
        here = here.retain()
        here.send_code(saisie, canal, is_renvoi=True)
    except CreneauPris:
        return show_lost(replace(here, held=[]), saisie)
    except REFUS as refusal:
        return show_code(here, FormulaireCode(), saisie, erreur=str(refusal), status=409)
    if is_relache:
        return show_code(here, FormulaireCode(), saisie, info=RELACHE, status=409)
    return here.go("code", "?renvoye=1")


def _first_canal(saisie: dict[str, Any]) -> str:
    return "courriel" if saisie["courriel"] else "sms"


@page_usager("GET")
def confirmee(request: RequeteUsager, passe: str) -> HttpResponse:
    """The visit: each appointment in order, what to bring, one calendar file, how to change."""
    prise = read_visite(passe)
    parcours = find_parcours(prise) if prise else None
    if parcours is None:
        return show_end(request, "prise")
    contenus = load_contenus(parcours.pk, collectivite=request.collectivite)
    live = [each for each in contenus if each.rendezvous.etat in VIVANTS]
    context = {
        "parcours": parcours, "is_annulee": not live, "maintenant": timezone.now(),
        "arrets": [(each, write_jeton(bytes(each.participation.sel))) for each in live or contenus],
        "jeton": write_jeton(bytes(contenus[0].participation.sel)),
        "pieces": list_pieces([each.rendezvous.motif for each in live]),
        "consignes": [each.rendezvous.motif for each in live if each.rendezvous.motif.consignes_apres],
    }  # fmt: skip
    return show_page(request, "visite_confirmee", context)
