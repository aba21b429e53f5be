"""The step of the code received, the same for one appointment and for a visit: the right one confirms."""

from typing import Any

from django.core import signing
from django.http import HttpResponse

from collectivites.cloison import get_active_id
from rendezvous.en_ligne.choix import DUREE
from rendezvous.en_ligne.codes import CodeRefuse, verify_code
from rendezvous.forms_usager import FormulaireCode
from rendezvous.models import CodeConfirmation
from rendezvous.reservation.refus import CreneauPris, RendezVousRefuse
from rendezvous.views.usager.page import TROP, is_too_much
from rendezvous.views.usager.suite import CODES_MAX, REFUS, Suite

ESSAIS_MAX = 60  # codes tried by one visitor in ten minutes


def code(here: Suite) -> HttpResponse:
    """Ask for the code; the right one confirms."""
    row = here.find_row()
    saisie = _read_kept(here, row)
    if saisie is None or (here.request.method == "GET" and (row is None or not row.code_hash)):
        return here.go("coordonnees")
    if here.request.method == "GET":
        return _show_code(here, FormulaireCode(), saisie)
    return _try_code(here, row, saisie)


def _try_code(here: Suite, row: CodeConfirmation | None, saisie: dict[str, Any]) -> HttpResponse:
    form, held = FormulaireCode(here.request.POST), here.find_porteur()
    if not form.is_valid():
        return _show_code(here, form, saisie, status=422)
    if is_too_much(here.request, "essai", ESSAIS_MAX):
        return _show_code(here, form, saisie, erreur=TROP, status=429)
    if row is None or held is None:
        return _send_again(here, saisie, _first_canal(saisie), is_relache=True)
    try:
        proven = verify_code(rendezvous=held, typed=form.cleaned_data["code"], at=here.at)
    except CodeRefuse as refusal:
        if here.is_confirmed():
            return here.go(here.confirmee)  # sent twice at once: the other one has just confirmed
        form.add_error("code", str(refusal))
        return _show_code(here, form, saisie, status=422)
    return _confirm(here, proven)


def _confirm(here: Suite, proven: CodeConfirmation) -> HttpResponse:
    """Late is not lost: what expired is confirmed too, while nobody took its time."""
    saisie = dict(proven.saisie)
    try:
        here.confirm(proven)
    except CreneauPris as lost:
        return _show_lost(here, saisie, lost)
    except RendezVousRefuse as refusal:
        return here.show_coordonnees(here.build_form(saisie=saisie), erreur=refusal.phrase, status=409)
    return here.go(here.confirmee)


def renvoi(here: Suite) -> HttpResponse:
    """Send another code, by the channel chosen."""
    saisie = _read_kept(here, here.find_row())
    if saisie is None:
        return here.go("coordonnees")
    is_sms = here.request.POST.get("canal") == "sms" and bool(saisie["telephone"])
    return _send_again(here, saisie, "sms" if is_sms else _first_canal(saisie))


def _send_again(here: Suite, saisie: dict[str, Any], canal: str, *, is_relache: bool = False) -> HttpResponse:
    """Send a new code; `is_relache`: something had been let go, it is taken back if nobody did."""
    if is_too_much(here.request, "code", CODES_MAX):
        return _show_code(here, FormulaireCode(), saisie, erreur=TROP, status=429)
    try:
        here = here.retain()
        here.send_code(saisie, canal, is_renvoi=True)
    except CreneauPris as lost:
        return _show_lost(here, saisie, lost)
    except REFUS as refusal:
        return _show_code(here, FormulaireCode(), saisie, erreur=str(refusal), status=409)
    if is_relache:
        return _show_code(here, FormulaireCode(), saisie, info=here.relache, status=409)
    return here.go("code", "?renvoye=1")


def _first_canal(saisie: dict[str, Any]) -> str:
    return "courriel" if saisie["courriel"] else "sms"


def _show_lost(here: Suite, saisie: dict[str, Any], lost: CreneauPris) -> HttpResponse:
    """Somebody was quicker: what was typed comes back with what is left."""
    return here.drop().show_coordonnees(here.build_form(saisie=saisie), perdu=lost, status=409)


def _show_code(
    here: Suite, form: FormulaireCode, saisie: dict[str, Any], *, erreur: str = "", info: str = "", status: int = 200
) -> HttpResponse:
    """Draw the page of the code; what was typed is in it too, signed, for the case where the row goes."""
    context = {
        "form": form, "code": here.find_row(), "erreur": erreur, "info": info,
        "saisie": signing.dumps(saisie, salt=_salt(), compress=True), "courriel": saisie["courriel"],
        "telephone_saisi": saisie["telephone"],
        "renvoye": here.request.GET.get("renvoye") == "1" and not form.is_bound,
        "adresses": {page: here.write_path(page) for page in ("coordonnees", "code", "renvoi")},
    }  # fmt: skip
    return here.show_code(context, status=status)


def _read_kept(here: Suite, row: CodeConfirmation | None) -> dict[str, Any] | None:
    """What was typed: in the row that waits for its code, else in the page itself, signed."""
    if row is not None:
        return dict(row.saisie)
    try:
        return dict(signing.loads(here.request.POST.get("saisie", ""), salt=_salt(), max_age=DUREE))
    except signing.BadSignature:
        return None


def _salt() -> str:
    return f"rendezvous.saisie:{get_active_id()}"
