"""A step after a visit was chosen: the pass of its address read, what is held found, and what pages show of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, wraps
from typing import Any

from django.core import signing
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from collectivites.acces import RequeteUsager
from collectivites.cloison import get_active_id
from rendezvous.en_ligne.choix import DUREE
from rendezvous.en_ligne.venues import (
    Proposition,
    Souhait,
    find_day,
    find_horizon,
    list_pieces,
    list_propositions,
    show_visite,
)
from rendezvous.en_ligne.visites import Formule, PriseVisite, find_formule, read_visite, sign_visite
from rendezvous.en_ligne.visites_actions import ask_visite_code, find_expiry, find_saisie, retain_visite
from rendezvous.etats import Etat
from rendezvous.forms_usager import FormulaireCode, spread_saisie
from rendezvous.forms_visite import FormulaireVisiteurs
from rendezvous.heures import get_day
from rendezvous.models import RendezVous
from rendezvous.parcours.actions import list_held
from rendezvous.views.usager.page import page_usager, show_end, show_page

PERDUE = "Une de ces heures vient d'être prise par quelqu'un d'autre."
PERDUE_SANS_RESTE = "Une de ces heures vient d'être prise, et il ne reste pas d'autre venue à ces dates."


@dataclass(frozen=True)
class EtapeVisite:
    """One request of a visit under way. `held`: what is held, in the order it is lived; empty once it was let go."""

    request: RequeteUsager
    prise: PriseVisite
    formule: Formule
    held: list[RendezVous]
    at: datetime

    @cached_property
    def choisie(self) -> Proposition:
        """The visit chosen, as it reads."""
        return show_visite(self.prise, self.formule)

    def move(self, prise: PriseVisite) -> "EtapeVisite":
        """Return the same step about another visit."""
        return replace(self, prise=prise, held=list_held(prise.clef))

    def retain(self) -> "EtapeVisite":
        """Hold every slot, again if it was let go. Raises CreneauPris, RendezVousRefuse."""
        return replace(self, held=retain_visite(prise=self.prise, formule=self.formule, at=self.at))

    def send_code(self, saisie: dict[str, Any], canal: str, *, is_renvoi: bool = False) -> None:
        """Send the code of what is held. Raises TropEnvois, MessageRefuse."""
        if self.held and self.held[0].etat == Etat.OPTION:
            ask_visite_code(held=self.held, saisie=saisie, canal=canal, at=self.at, is_renvoi=is_renvoi)

    def build_form(self, typed: Any = None, saisie: dict[str, Any] | None = None) -> FormulaireVisiteurs:
        """Return the form of who comes, filled with what was kept."""
        initial = spread_saisie(saisie) | {"lu": True} if saisie else {}
        return FormulaireVisiteurs(typed, haltes=self.choisie.haltes, initial=initial)

    def go(self, page: str, query: str = "") -> HttpResponse:
        """Go to another page of the same visit."""
        path = reverse(f"rdv:visite_{page}", args=[self.request.collectivite.slug, sign_visite(self.prise)])
        return redirect(path + query)


def etape_visite(*methodes: str) -> Callable[[Callable[[EtapeVisite], HttpResponse]], Callable[..., HttpResponseBase]]:
    """Declare a step: a pass that expired ends there, a visit already confirmed is shown."""

    def decorate(view: Callable[[EtapeVisite], HttpResponse]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def opened(request: RequeteUsager, passe: str) -> HttpResponse:
            prise = read_visite(passe)
            if prise is None:
                return show_end(request, "prise")
            formule = find_formule(prise.modele_id)
            if formule is None or not prise.personnes.keys() <= {motif.pk for motif in formule.motifs}:
                return show_end(request, "choix")
            here = EtapeVisite(request, prise, formule, list_held(prise.clef), timezone.now())
            is_done = bool(here.held) and all(each.etat != Etat.OPTION for each in here.held)
            return here.go("confirmee") if is_done else view(here)

        return page_usager(*methodes)(opened)

    return decorate


def read_kept(here: EtapeVisite) -> dict[str, Any] | None:
    """What was typed: in the row that waits for its code, else in the page itself, signed."""
    row = find_saisie(here.held)
    if row is not None:
        return dict(row.saisie)
    try:
        return dict(signing.loads(here.request.POST.get("saisie", ""), salt=_salt(), max_age=DUREE))
    except signing.BadSignature:
        return None


def show_coordonnees(
    here: EtapeVisite, form: FormulaireVisiteurs, *, is_perdue: bool = False, erreur: str = "", status: int = 200,
    **plus: Any,
) -> HttpResponse:  # fmt: skip
    """Draw the form of who comes; when a slot was lost, the visits that fit are in it."""
    left = list_propositions(_search_again(here)).liste if is_perdue else []
    perdue = (PERDUE if left else PERDUE_SANS_RESTE) if is_perdue else ""
    context = _tell(here) | {"form": form, "perdue": perdue, "restes": left, "erreur": erreur} | plus
    return show_page(here.request, "visite_coordonnees", context, status=status)


def _search_again(here: EtapeVisite) -> Souhait:
    """Look again for the same stops, from the day that was chosen."""
    motifs = [motif for motif in here.formule.motifs if motif.pk in here.prise.personnes]
    today = get_day(here.at, here.request.collectivite.fuseau)
    horizon = find_horizon(motifs, aujourd_hui=today)
    return Souhait(here.formule, here.prise.personnes, find_day(here.prise), horizon, here.prise.clef, here.at)


def show_lost(here: EtapeVisite, saisie: dict[str, Any]) -> HttpResponse:
    """Somebody was quicker: what was typed comes back with the visits that are left."""
    return show_coordonnees(here, here.build_form(saisie=saisie), is_perdue=True, status=409)


def show_code(
    here: EtapeVisite, form: FormulaireCode, saisie: dict[str, Any], *, erreur: str = "", info: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Draw the page of the code; what was typed is in it too, signed, for the case where the row goes."""
    is_resent = here.request.GET.get("renvoye") == "1" and not form.is_bound
    context = _tell(here) | {
        "form": form, "code": find_saisie(here.held), "erreur": erreur, "info": info,
        "saisie": signing.dumps(saisie, salt=_salt(), compress=True), "courriel": saisie["courriel"],
        "telephone_saisi": saisie["telephone"], "renvoye": is_resent,
    }  # fmt: skip
    return show_page(here.request, "visite_code", context, status=status)


def _tell(here: EtapeVisite) -> dict[str, Any]:
    """The visit, and until when it is held."""
    motifs = [halte.motif for halte in here.choisie.haltes]
    return {
        "modele": here.formule.modele, "visite": here.choisie, "passe": sign_visite(here.prise),
        "pieces": list_pieces(motifs), "consignes": [each for each in motifs if each.consignes_avant],
        "retenu": find_expiry(here.held, here.prise, at=here.at), "fuseau": here.choisie.haltes[0].lieu.fuseau,
        "autres": _write_query(here),
    }  # fmt: skip


def _write_query(here: EtapeVisite) -> str:
    """Return the address of the other visits for the same stops."""
    kept = "&".join(f"garder={pk}&personnes_{pk}={count}" for pk, count in here.prise.personnes.items())
    path = reverse("rdv:visite", args=[here.request.collectivite.slug, here.formule.modele.pk])
    return f"{path}?{kept}&jour={here.choisie.debut.date()}"


def _salt() -> str:
    return f"rendezvous.saisie:{get_active_id()}"
