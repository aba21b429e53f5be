"""The last steps of a booking, the same for one appointment and for a visit: who comes, then the code received.

Each page can be reloaded, sent twice or left by the Back button: what was typed follows, what was let go is asked
again, and the key of the booking makes one booking, whatever happens.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from django.http import HttpResponse
from django.shortcuts import redirect

from collectivites.acces import RequeteUsager
from messagerie.destinataires import MessageRefuse
from rendezvous.en_ligne.codes import TropEnvois
from rendezvous.forms_usager import FormulaireCoordonnees
from rendezvous.models import CodeConfirmation, RendezVous
from rendezvous.reservation.refus import CreneauPris, RendezVousRefuse
from rendezvous.views.usager.page import TROP, is_too_much
from rendezvous.views.usager.titres import read_verification

REFUS = (RendezVousRefuse, TropEnvois, MessageRefuse)  # a sentence, nothing written
CODES_MAX = 20  # codes asked for by one visitor in ten minutes


@dataclass(frozen=True)
class Suite(ABC):
    """One request of a booking under way: what its last steps ask of it."""

    request: RequeteUsager
    at: datetime
    confirmee: ClassVar[str]  # the page of what is booked
    relache: ClassVar[str]  # what was let go is retained again, another code sent

    @abstractmethod
    def write_path(self, page: str) -> str:
        """Return the address of another page of the same booking: coordonnees, code, renvoi, `confirmee`."""

    @abstractmethod
    def retain(self) -> Self:
        """Retain everything, again if it was let go. Raises CreneauPris, RendezVousRefuse."""

    @abstractmethod
    def drop(self) -> Self:
        """Return the same booking, of which nothing is retained."""

    @abstractmethod
    def find_row(self) -> CodeConfirmation | None:
        """Return what was typed, which waits for its code if one was sent."""

    @abstractmethod
    def find_porteur(self) -> RendezVous | None:
        """Return the appointment the code hangs on; None when a part of the booking was let go."""

    @abstractmethod
    def send_code(self, saisie: dict[str, Any], canal: str, *, is_renvoi: bool = False) -> None:
        """Send the code of what is retained. Raises TropEnvois, MessageRefuse."""

    @abstractmethod
    def confirm(self, code: CodeConfirmation) -> None:
        """Book what is retained, late or not, while nobody took it. Raises CreneauPris, RendezVousRefuse."""

    @abstractmethod
    def is_confirmed(self) -> bool:
        """True when it was booked meanwhile."""

    @abstractmethod
    def build_form(self, typed: Any = None, saisie: dict[str, Any] | None = None) -> FormulaireCoordonnees:
        """Return the form of who comes, filled with what was kept."""

    @abstractmethod
    def show_coordonnees(
        self, form: Any, *, perdu: CreneauPris | None = None, erreur: str = "", status: int = 200
    ) -> HttpResponse:
        """Draw who comes; `perdu`: what was lost, what is left is proposed instead."""

    @abstractmethod
    def show_code(self, context: dict[str, Any], *, status: int) -> HttpResponse:
        """Draw the page of the code: its own recap, and this."""

    def go(self, page: str, query: str = "") -> HttpResponse:
        """Go to another page of the same booking."""
        return redirect(self.write_path(page) + query)


def show_typed(here: Suite) -> HttpResponse:
    """Ask who comes, with what was typed before."""
    row = here.find_row()
    return here.show_coordonnees(here.build_form(saisie=row.saisie if row else None))


def receive(here: Suite) -> HttpResponse:
    """Keep what was typed with what is retained, and send the code. What was lost comes back with what is left."""
    form = here.build_form(here.request.POST)
    form.is_valid()
    if not form.hear(read_verification(here.request)):
        return here.show_coordonnees(form, status=422 if form.errors else 409)
    if is_too_much(here.request, "code", CODES_MAX):
        form.add_error(None, TROP)
        return here.show_coordonnees(form, status=429)
    try:
        here = here.retain()
        here.send_code(form.saisie, form.canaux[0])
    except CreneauPris as lost:
        return here.drop().show_coordonnees(form, perdu=lost, status=409)
    except REFUS as refusal:
        form.add_error(_find_field(form, refusal), str(refusal))
        return here.show_coordonnees(form, status=409)
    return here.go("code")


def _find_field(form: FormulaireCoordonnees, refusal: Exception) -> str | None:
    champ = getattr(refusal, "champ", "")
    named = {"numero_predemande": "predemande"}.get(champ, champ)
    return named if named in form.fields else None
