"""The tracking page of a demande: find it, follow it, add to it. No account, no cookie to stay in."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from collectivites.acces import RequeteUsager, public
from demandes.accuses.mentions import read_coordonnees
from demandes.actions import FenetreDepassee
from demandes.concours import jetons
from demandes.concours.attentes import find_open_complement
from demandes.concours.complements import NATURE
from demandes.concours.depots import INCONNU, acting_demandeur, receive_depot
from demandes.debit import is_over_quota
from demandes.forms_usager import FormulaireMessage, FormulaireSuivi
from demandes.models import Demande, DemandeComplement
from demandes.pieces import Depots, collect_uploads
from demandes.suivi.clefs import find_demande, read_code, read_passe, sign_passe
from demandes.suivi.debit import is_tried_too_much
from demandes.suivi.etat import describe_etat_public, list_prochaines
from demandes.suivi.historique import list_historique
from demandes.views.discretion import render_discret

ENVOIS_MAX = 30  # messages of one visitor in ten minutes
INTROUVABLE = "Aucune demande ne correspond à ce code et à ce nom. Vérifiez-les sur l'accusé que vous avez reçu."
TROP = "Trop d'essais en peu de temps. Attendez dix minutes, ou appelez-nous."
FERMEE = (
    "Cette demande est terminée depuis trop longtemps pour être reprise ici. Faites une nouvelle demande, ou "
    "appelez-nous."
)


@public
@require_http_methods(["GET", "POST"])
@never_cache
def suivi(request: RequeteUsager) -> HttpResponse:
    """Ask for the code and a name. A wrong code and a wrong name get the same answer."""
    if request.method == "GET":
        form = FormulaireSuivi(initial={"code": read_code(request.GET.get("code", ""))})
        return _render(request, "suivi", {"form": form})
    form = FormulaireSuivi(request.POST)
    if not form.is_valid():
        return _render(request, "suivi", {"form": form}, status=422)
    if is_tried_too_much(request, code=read_code(form.cleaned_data["code"])):
        form.add_error(None, TROP)
        return _render(request, "suivi", {"form": form}, status=429)
    demande = find_demande(code=form.cleaned_data["code"], qui=form.cleaned_data["qui"])
    if demande is None:
        form.add_error(None, INTROUVABLE)
        return _render(request, "suivi", {"form": form}, status=422)
    return redirect("usager:demande", request.collectivite.slug, sign_passe(demande))


@public
@require_GET
@never_cache
def demande(request: RequeteUsager, passe: str) -> HttpResponse:
    """Show where the demande stands, the next date, what was lived, and what can be added."""
    found = read_passe(passe)
    if found is None:
        return show_expired(request)
    envoye = request.GET.get("envoye") == "1"
    return _show(request, found, passe, FormulaireMessage(), envoye=envoye)


@public
@require_POST
@never_cache
def message(request: RequeteUsager, passe: str) -> HttpResponse:
    """Add a message or documents; kept raw first, sent twice it is there once."""
    found = read_passe(passe)
    if found is None:
        return show_expired(request)
    form = FormulaireMessage(request.POST)
    valid = form.is_valid()
    clef: UUID | None = form.cleaned_data.get("clef") if valid else None
    if clef is None or is_over_quota(request, nature="suivi-envoi", maximum=ENVOIS_MAX):
        form.add_error(None, TROP if clef else "Rechargez la page, puis recommencez.")
        return _show(request, found, passe, form, status=429 if clef else 422)
    depots = collect_uploads(request, clef=clef, by=INCONNU, at=timezone.now())
    if not (form.cleaned_data["texte"] or depots.pieces or depots.refus):
        form.add_error("texte", "Écrivez un message, ou joignez un document.")
    if form.errors or depots.refus:
        return _show(request, found, passe, form, depots=depots, status=422)
    try:
        with transaction.atomic():
            receive_depot(
                demande=found, texte=form.cleaned_data["texte"], pieces=depots.pieces, clef=str(clef),
                by=acting_demandeur(found), at=timezone.now(),
            )  # fmt: skip
    except FenetreDepassee:
        form.add_error(None, FERMEE)
        return _show(request, found, passe, form, depots=depots, status=409)
    return redirect(f"{_url(request, passe)}?envoye=1")


def _url(request: RequeteUsager, passe: str) -> str:
    return reverse("usager:demande", args=[request.collectivite.slug, passe])


def _show(
    request: RequeteUsager, found: Demande, passe: str, form: FormulaireMessage, *, depots: Depots | None = None,
    envoye: bool = False, status: int = 200,
) -> HttpResponse:  # fmt: skip
    now = timezone.now()
    complement = find_open_complement(found) if found.is_open else None
    context = {
        "demande": found, "form": form, "depots": depots or Depots([], []), "envoye": envoye, "maintenant": now,
        "passe": passe,
        "etat": describe_etat_public(found, has_complement=complement is not None),
        "prochaines": list_prochaines(found, complement, now=now, fuseau=request.collectivite.fuseau),
        "historique": list_historique(found),
        "complement": _find_complement(request, complement),
        "contact": read_coordonnees(found.service, request.collectivite),
    }  # fmt: skip
    return _render(request, "demande", context, status=status)


def _find_complement(request: RequeteUsager, complement: DemandeComplement | None) -> str:
    """Return the page where what is missing is sent, empty when nothing is."""
    if complement is None:
        return ""
    return reverse("usager:complements", args=[request.collectivite.slug, jetons.derive(NATURE, complement.clef)])


def show_expired(request: RequeteUsager) -> HttpResponse:
    """A pass lasts two hours: ask again, with the same form."""
    context = {"form": FormulaireSuivi(), "perime": True}
    return _render(request, "suivi", context, status=410)


def _render(request: RequeteUsager, page: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    base = {"contact": read_coordonnees(None, request.collectivite)}
    return render_discret(request, f"demandes/public/{page}.html", base | context, status=status)
