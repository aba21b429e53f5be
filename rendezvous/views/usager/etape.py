"""A step after a slot was chosen: the pass of its address read, what is retained found, and what pages show of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from typing import Any

from django.core import signing
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from collectivites.acces import RequeteUsager
from collectivites.cloison import get_active_id
from collectivites.models import Lieu
from messagerie.destinataires import MessageRefuse
from rendezvous.en_ligne.actions import ask_code, find_rendezvous, is_retenu, retain_creneau
from rendezvous.en_ligne.choix import DUREE, Prise, read_prise, sign_choix, sign_prise
from rendezvous.en_ligne.codes import TropEnvois, find_code
from rendezvous.en_ligne.semaines import show_heures
from rendezvous.en_ligne.vitrine import find_motif_of
from rendezvous.etats import Etat
from rendezvous.forms_usager import FormulaireCode, FormulaireCoordonnees, spread_saisie, write_personnes
from rendezvous.heures import to_local
from rendezvous.models import Motif, RendezVous
from rendezvous.reservation.refus import CreneauPris, RendezVousRefuse
from rendezvous.views.usager.page import page_usager, show_end, show_page

REFUS = (RendezVousRefuse, TropEnvois, MessageRefuse)  # a sentence, nothing written


@dataclass(frozen=True)
class Etape:
    """One request of a booking under way. `held`: what is retained, None once it was let go."""

    request: RequeteUsager
    prise: Prise
    motif: Motif
    held: RendezVous | None
    at: datetime

    def move(self, prise: Prise) -> "Etape":
        """Return the same step about another slot."""
        return replace(self, prise=prise, held=find_rendezvous(prise))

    def retain(self) -> "Etape":
        """Keep the slot, again if it was let go. Raises CreneauPris, RendezVousRefuse."""
        return replace(self, held=retain_creneau(prise=self.prise, motif=self.motif, at=self.at))

    def send_code(self, saisie: dict[str, Any], canal: str, *, is_renvoi: bool = False) -> None:
        """Send the code of what is retained. Raises TropEnvois, MessageRefuse."""
        if self.held is not None and self.held.etat == Etat.OPTION:
            ask_code(rendezvous=self.held, saisie=saisie, canal=canal, at=self.at, is_renvoi=is_renvoi)

    def build_form(self, typed: Any = None, saisie: dict[str, Any] | None = None) -> FormulaireCoordonnees:
        """Return the form of who comes, filled with what was kept."""
        initial = spread_saisie(saisie or {})
        return FormulaireCoordonnees(typed, motif=self.motif, personnes=self.prise.choix.personnes, initial=initial)

    def go(self, page: str, query: str = "") -> HttpResponse:
        """Go to another page of the same booking."""
        path = reverse(f"rdv:{page}", args=[self.request.collectivite.slug, sign_prise(self.prise)])
        return redirect(path + query)


def etape(*methodes: str) -> Callable[[Callable[[Etape], HttpResponse]], Callable[..., HttpResponseBase]]:
    """Declare a step: a pass that expired ends there, an appointment already confirmed is shown."""

    def decorate(view: Callable[[Etape], HttpResponse]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def opened(request: RequeteUsager, passe: str) -> HttpResponse:
            prise = read_prise(passe)
            if prise is None:
                return show_end(request, "prise")
            motif, held = find_motif_of(prise.choix), find_rendezvous(prise)
            if motif is None:
                return show_end(request, "choix")
            here = Etape(request, prise, motif, held, timezone.now())
            return here.go("confirme") if held is not None and held.etat != Etat.OPTION else view(here)

        return page_usager(*methodes)(opened)

    return decorate


def read_kept(here: Etape) -> dict[str, Any] | None:
    """What was typed: in the row that waits for its code, else in the page itself, signed."""
    row = find_code(here.held) if here.held else None
    if row is not None:
        return dict(row.saisie)
    try:
        return dict(signing.loads(here.request.POST.get("saisie", ""), salt=_salt(), max_age=DUREE))
    except signing.BadSignature:
        return None


def show_coordonnees(
    here: Etape, form: FormulaireCoordonnees, *, perdu: CreneauPris | None = None, erreur: str = "", status: int = 200
) -> HttpResponse:
    """Draw the form of who comes; when the slot was lost, the three nearest are in it."""
    facts = _tell(here)
    lieux = {each.pk: each for each in Lieu.objects.filter(is_active=True)} if perdu else {}
    left = show_heures(perdu.alternatives, lieux) if perdu else []
    context = facts | {"form": form, "perdu": str(perdu or ""), "alternatives": left, "erreur": erreur}
    service, lieu = here.motif.service, facts["lieu"]
    return show_page(here.request, "coordonnees", context, service=service, lieu=lieu, status=status)


def show_lost(here: Etape, saisie: dict[str, Any], lost: CreneauPris) -> HttpResponse:
    """Somebody was quicker: what was typed comes back with the three nearest slots."""
    return show_coordonnees(replace(here, held=None), here.build_form(saisie=saisie), perdu=lost, status=409)


def show_code(
    here: Etape, form: FormulaireCode, saisie: dict[str, Any], *, erreur: str = "", info: str = "", status: int = 200
) -> HttpResponse:
    """Draw the page of the code; what was typed is in it too, signed, for the case where the row goes."""
    facts = _tell(here)
    is_resent = here.request.GET.get("renvoye") == "1" and not form.is_bound
    context = facts | {
        "form": form, "code": find_code(here.held) if here.held else None, "erreur": erreur, "info": info,
        "saisie": signing.dumps(saisie, salt=_salt(), compress=True), "courriel": saisie["courriel"],
        "telephone_saisi": saisie["telephone"], "renvoye": is_resent,
    }  # fmt: skip
    service, lieu = here.motif.service, facts["lieu"]
    return show_page(here.request, "code", context, service=service, lieu=lieu, status=status)


def _tell(here: Etape) -> dict[str, Any]:
    """When and where the slot is, and until when it is kept."""
    prise, held = here.prise, here.held
    lieu = Lieu.objects.filter(pk=prise.lieu_id).first()
    fuseau = lieu.fuseau if lieu else here.request.collectivite.fuseau
    return {
        "motif": here.motif, "lieu": lieu, "debut": to_local(prise.debut_at, fuseau), "fuseau": fuseau,
        "quoi": write_personnes(prise.choix.personnes, here.motif), "passe": sign_prise(prise),
        "choix": sign_choix(prise.choix), "retenu": held.expire_at if held and is_retenu(held, at=here.at) else None,
    }  # fmt: skip


def _salt() -> str:
    return f"rendezvous.saisie:{get_active_id()}"
