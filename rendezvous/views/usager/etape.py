"""A step after a slot was chosen: the pass of its address read, what is retained found, and what pages show of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, ClassVar

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from collectivites.acces import RequeteUsager
from collectivites.models import Lieu
from demandes.debit import find_visiteur
from rendezvous.attente.inscriptions import serve_inscription
from rendezvous.en_ligne.actions import (
    ask_code,
    confirm_prise,
    find_rendezvous,
    is_confirmed,
    is_retenu,
    retain_creneau,
)
from rendezvous.en_ligne.choix import Prise, read_prise, sign_choix, sign_prise
from rendezvous.en_ligne.codes import find_code
from rendezvous.en_ligne.semaines import show_heures
from rendezvous.en_ligne.vitrine import find_motif_of
from rendezvous.etats import Etat
from rendezvous.forms_usager import FormulaireCoordonnees, spread_saisie, write_personnes
from rendezvous.heures import to_local
from rendezvous.models import CodeConfirmation, Motif, RendezVous
from rendezvous.reservation.refus import CreneauPris
from rendezvous.views.usager.page import page_usager, show_end, show_page
from rendezvous.views.usager.suite import Suite


@dataclass(frozen=True)
class Etape(Suite):
    """One appointment being booked. `held`: what is retained, None once it was let go."""

    prise: Prise
    motif: Motif
    held: RendezVous | None
    confirmee: ClassVar[str] = "confirme"
    relache: ClassVar[str] = (
        "Le temps était passé\u00a0: nous avons retenu de nouveau ce créneau et envoyé un autre code."
    )

    def write_path(self, page: str) -> str:
        """Return the address of another page of the same booking."""
        return reverse(f"rdv:{page}", args=[self.request.collectivite.slug, sign_prise(self.prise)])

    def move(self, prise: Prise) -> "Etape":
        """Return the same step about another slot."""
        return replace(self, prise=prise, held=find_rendezvous(prise))

    def retain(self) -> "Etape":
        """Keep the slot, again if it was let go. Raises CreneauPris, RendezVousRefuse."""
        who = find_visiteur(self.request)
        return replace(self, held=retain_creneau(prise=self.prise, motif=self.motif, at=self.at, visiteur=who))

    def drop(self) -> "Etape":
        """Return the same booking without its slot."""
        return replace(self, held=None)

    def find_row(self) -> CodeConfirmation | None:
        """Return what was typed (one query)."""
        return find_code(self.held) if self.held else None

    def find_porteur(self) -> RendezVous | None:
        """Return what is retained."""
        return self.held

    def send_code(self, saisie: dict[str, Any], canal: str, *, is_renvoi: bool = False) -> None:
        """Send the code of what is retained. Raises TropEnvois, MessageRefuse."""
        if self.held is not None and self.held.etat == Etat.OPTION:
            ask_code(rendezvous=self.held, saisie=saisie, canal=canal, at=self.at, is_renvoi=is_renvoi)

    def confirm(self, code: CodeConfirmation) -> None:
        """Confirm the appointment; who waited for a slot waits no more. Raises CreneauPris, RendezVousRefuse."""
        choix = self.prise.choix
        confirm_prise(rendezvous=code.rendezvous, code=code, invite_id=choix.invite_id, at=self.at)
        if choix.attente_id is not None:
            serve_inscription(inscription_id=choix.attente_id, at=self.at)

    def is_confirmed(self) -> bool:
        """True when what is retained has become an appointment (one query)."""
        return self.held is not None and is_confirmed(self.held)

    def build_form(self, typed: Any = None, saisie: dict[str, Any] | None = None) -> FormulaireCoordonnees:
        """Return the form of who comes, filled with what was kept."""
        initial = spread_saisie(saisie or {})
        return FormulaireCoordonnees(typed, motif=self.motif, personnes=self.prise.choix.personnes, initial=initial)

    def show_coordonnees(
        self, form: Any, *, perdu: CreneauPris | None = None, erreur: str = "", status: int = 200
    ) -> HttpResponse:
        """Draw the form of who comes; when the slot was lost, the three nearest are in it."""
        lieux = {each.pk: each for each in Lieu.objects.filter(is_active=True)} if perdu else {}
        left = show_heures(perdu.alternatives, lieux) if perdu else []
        said = {"form": form, "perdu": str(perdu or ""), "alternatives": left, "erreur": erreur}
        return self._show("coordonnees", said, status=status)

    def show_code(self, context: dict[str, Any], *, status: int) -> HttpResponse:
        """Draw the page of the code."""
        return self._show("code", context, status=status)

    def _show(self, page: str, said: dict[str, Any], *, status: int) -> HttpResponse:
        facts = _tell(self)
        service, lieu = self.motif.service, facts["lieu"]
        return show_page(self.request, page, facts | said, service=service, lieu=lieu, status=status)


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
            here = Etape(request, timezone.now(), prise, motif, held)
            return here.go(here.confirmee) if held is not None and held.etat != Etat.OPTION else view(here)

        return page_usager(*methodes)(opened)

    return decorate


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
