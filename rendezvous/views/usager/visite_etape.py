"""A step after a visit was chosen: the pass of its address read, what is held found, and what pages show of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, wraps
from typing import Any, ClassVar

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from collectivites.acces import RequeteUsager
from demandes.debit import find_visiteur
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
from rendezvous.en_ligne.visites_actions import (
    ask_visite_code,
    confirm_prise_visite,
    find_expiry,
    find_parcours,
    find_saisie,
    retain_visite,
)
from rendezvous.etats import Etat
from rendezvous.forms_usager import spread_saisie
from rendezvous.forms_visite import FormulaireVisiteurs
from rendezvous.heures import get_day
from rendezvous.models import CodeConfirmation, RendezVous
from rendezvous.parcours.actions import list_held
from rendezvous.reservation.refus import CreneauPris
from rendezvous.views.usager.page import page_usager, show_end, show_page
from rendezvous.views.usager.suite import Suite

PERDUE = "Une de ces heures vient d'être prise par quelqu'un d'autre."
PERDUE_SANS_RESTE = "Une de ces heures vient d'être prise, et il ne reste pas d'autre venue à ces dates."


@dataclass(frozen=True)
class EtapeVisite(Suite):
    """One visit being booked. `held`: what is held, in the order it is lived; empty once it was let go."""

    prise: PriseVisite
    formule: Formule
    held: list[RendezVous]
    confirmee: ClassVar[str] = "confirmee"
    relache: ClassVar[str] = (
        "Le temps était passé\u00a0: nous avons retenu de nouveau ces heures et envoyé un autre code."
    )

    @cached_property
    def choisie(self) -> Proposition:
        """The visit chosen, as it reads."""
        return show_visite(self.prise, self.formule)

    def write_path(self, page: str) -> str:
        """Return the address of another page of the same visit."""
        return reverse(f"rdv:visite_{page}", args=[self.request.collectivite.slug, sign_visite(self.prise)])

    def move(self, prise: PriseVisite) -> "EtapeVisite":
        """Return the same step about another visit."""
        return replace(self, prise=prise, held=list_held(prise.clef))

    def retain(self) -> "EtapeVisite":
        """Hold every slot, again if it was let go. Raises CreneauPris, RendezVousRefuse."""
        who = find_visiteur(self.request)
        return replace(self, held=retain_visite(prise=self.prise, formule=self.formule, at=self.at, visiteur=who))

    def drop(self) -> "EtapeVisite":
        """Return the same visit without its slots."""
        return replace(self, held=[])

    def find_row(self) -> CodeConfirmation | None:
        """Return what was typed (one query)."""
        return find_saisie(self.held)

    def find_porteur(self) -> RendezVous | None:
        """Return the first appointment, while every one is held."""
        return self.held[0] if len(self.held) == len(self.prise.arrets) else None

    def send_code(self, saisie: dict[str, Any], canal: str, *, is_renvoi: bool = False) -> None:
        """Send the code of what is held. Raises TropEnvois, MessageRefuse."""
        if self.held and self.held[0].etat == Etat.OPTION:
            ask_visite_code(held=self.held, saisie=saisie, canal=canal, at=self.at, is_renvoi=is_renvoi)

    def confirm(self, code: CodeConfirmation) -> None:
        """Confirm every appointment, or none. Raises CreneauPris, RendezVousRefuse."""
        confirm_prise_visite(prise=self.prise, formule=self.formule, code=code, at=self.at)

    def is_confirmed(self) -> bool:
        """True when the visit was booked meanwhile (one query)."""
        return find_parcours(self.prise) is not None

    def build_form(self, typed: Any = None, saisie: dict[str, Any] | None = None) -> FormulaireVisiteurs:
        """Return the form of who comes, filled with what was kept."""
        initial = spread_saisie(saisie) | {"lu": True} if saisie else {}
        return FormulaireVisiteurs(typed, haltes=self.choisie.haltes, initial=initial)

    def show_coordonnees(
        self, form: Any, *, perdu: CreneauPris | None = None, erreur: str = "", status: int = 200
    ) -> HttpResponse:
        """Draw the form of who comes; when a slot was lost, the visits that fit are in it."""
        left = list_propositions(_search_again(self)).liste if perdu else []
        perdue = (PERDUE if left else PERDUE_SANS_RESTE) if perdu else ""
        context = _tell(self) | {"form": form, "perdue": perdue, "restes": left, "erreur": erreur}
        return show_page(self.request, "visite_coordonnees", context, status=status)

    def show_code(self, context: dict[str, Any], *, status: int) -> HttpResponse:
        """Draw the page of the code."""
        return show_page(self.request, "visite_code", _tell(self) | context, status=status)


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
            here = EtapeVisite(request, timezone.now(), prise, formule, list_held(prise.clef))
            is_done = bool(here.held) and all(each.etat != Etat.OPTION for each in here.held)
            return here.go(here.confirmee) if is_done else view(here)

        return page_usager(*methodes)(opened)

    return decorate


def _search_again(here: EtapeVisite) -> Souhait:
    """Look again for the same stops, from the day that was chosen."""
    motifs = [motif for motif in here.formule.motifs if motif.pk in here.prise.personnes]
    today = get_day(here.at, here.request.collectivite.fuseau)
    horizon = find_horizon(motifs, aujourd_hui=today)
    return Souhait(here.formule, here.prise.personnes, find_day(here.prise), horizon, here.prise.clef, here.at)


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
