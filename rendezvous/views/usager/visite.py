"""Pages for usagers: several services in one visit. What it is, which stops are kept, and the visits that fit."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from collectivites.acces import RequeteUsager
from demandes.debit import find_visiteur
from rendezvous.en_ligne.retenues import TropRetenu
from rendezvous.en_ligne.venues import Propositions, Souhait, list_pieces, list_propositions
from rendezvous.en_ligne.visites import Formule, PriseVisite, find_formule, list_formules, read_visite, sign_visite
from rendezvous.en_ligne.visites_actions import find_parcours, retain_visite
from rendezvous.etats import ANNULES, Etat
from rendezvous.forms_visite import FormulaireVisite
from rendezvous.heures import get_day
from rendezvous.models import RendezVous
from rendezvous.reservation.refus import CreneauPris, RendezVousRefuse
from rendezvous.views.usager.page import TROP, is_too_much, page_usager, show_end, show_page

RECHERCHES_MAX, RETENUES_MAX = 120, 30  # searches made, visits held, by one visitor in ten minutes
RIEN = "Choisissez une des propositions."
PERDUE = "Quelqu'un vient de prendre une de ces heures. Voici ce qui reste libre."


@page_usager("GET")
def visites(request: RequeteUsager) -> HttpResponse:
    """What can be done in one visit."""
    return show_page(request, "visites", {"formules": list_formules()})


@page_usager("GET", "POST")
def visite(request: RequeteUsager, pk: int) -> HttpResponse:
    """One bundle: the stops kept and for how many are in the address; the visits that fit are under them."""
    formule = find_formule(pk)
    if formule is None:
        return show_end(request, "motif")
    if request.method == "POST":
        return _retain(request, formule)
    return _show(request, formule)


def _show(
    request: RequeteUsager, formule: Formule, *, clef: UUID | None = None, erreur: str = "", status: int = 200
) -> HttpResponse:
    now = timezone.now()
    form = read_souhait(request, formule, at=now)
    found: Propositions | None = None
    if form.is_bound and not form.is_valid():
        status = 422
    elif len(form.personnes) == 1:
        return redirect("rdv:motif", request.collectivite.slug, *form.personnes)
    elif is_too_much(request, "venue", RECHERCHES_MAX):
        erreur, status = TROP, 429
    else:
        souhait = Souhait(formule, form.personnes, form.du, form.horizon_on, clef or uuid4(), now)
        found = list_propositions(souhait)
    return show_page(request, "visite", _tell(request, formule, form, found) | {"erreur": erreur}, status=status)


def read_souhait(request: RequeteUsager, formule: Formule, *, at: datetime) -> FormulaireVisite:
    """Return the form of the page, bound when its address says something."""
    asked = request.GET if {"garder", "jour"} & set(request.GET) else None
    today = get_day(at, request.collectivite.fuseau)
    return FormulaireVisite(asked, motifs=formule.motifs, aujourd_hui=today)


def _tell(
    request: RequeteUsager, formule: Formule, form: FormulaireVisite, found: Propositions | None
) -> dict[str, Any]:
    kept = set(form.personnes) if found else set()
    motifs = [motif for motif in formule.motifs if motif.pk in kept]
    return {
        "formule": formule, "modele": formule.modele, "form": form, "trouve": found, "motifs": motifs,
        "pieces": list_pieces(motifs), "suite": _write_query(request, form, found.suite) if found else "",
        "debut": _write_query(request, form, form.aujourd_hui) if found and form.du > form.aujourd_hui else "",
    }  # fmt: skip


def _write_query(request: RequeteUsager, form: FormulaireVisite, jour: Any) -> str:
    """Return the same page from another day; nothing without a day."""
    if jour is None:
        return ""
    query = request.GET.copy()
    if not form.is_bound:
        query.setlist("garder", [str(pk) for pk in form.personnes])
    query["jour"] = str(jour)
    return f"?{query.urlencode()}#propositions"


def _retain(request: RequeteUsager, formule: Formule) -> HttpResponse:
    prise = read_visite(request.POST.get("visite", ""))
    if prise is None or prise.modele_id != formule.modele.pk:
        return _show(request, formule, erreur=RIEN, status=422)
    if is_too_much(request, "option", RETENUES_MAX):
        return _show(request, formule, clef=prise.clef, erreur=TROP, status=429)
    now = timezone.now()
    try:
        held = retain_visite(prise=prise, formule=formule, at=now, visiteur=find_visiteur(request))
        if all(each.etat in ANNULES for each in held):  # the page was left open, the visit cancelled since
            prise = _renew(prise)
            held = retain_visite(prise=prise, formule=formule, at=now, visiteur=find_visiteur(request))
    except CreneauPris:
        return _show(request, formule, clef=prise.clef, erreur=PERDUE, status=409)
    except (RendezVousRefuse, KeyError) as refusal:
        words = str(refusal) if isinstance(refusal, RendezVousRefuse) else PERDUE
        status = 429 if isinstance(refusal, TropRetenu) else 409
        return _show(request, formule, clef=prise.clef, erreur=words, status=status)
    return go_on(request, held, prise)


def _renew(prise: PriseVisite) -> PriseVisite:
    """Return the same choice as another visit."""
    cancelled = find_parcours(prise)
    clef = uuid5(prise.clef, cancelled.numero if cancelled else "")
    return PriseVisite(prise.modele_id, clef, prise.arrets, prise.lieu_titres)


def go_on(request: RequeteUsager, held: list[RendezVous], prise: PriseVisite) -> HttpResponse:
    """Go and ask who comes; or show the visit, when this page had already been sent to its end."""
    page = "coordonnees" if held[0].etat == Etat.OPTION else "confirmee"
    return redirect(f"rdv:visite_{page}", request.collectivite.slug, sign_visite(prise))
