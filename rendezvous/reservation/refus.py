"""Why a booking is refused. Each refusal is a French sentence for the screen; nothing was written."""

from collections.abc import Sequence

from rendezvous.creneaux.modele import Creneau
from rendezvous.versions import VersionPerimee

__all__ = ["VersionPerimee"]  # what the callers of a booking catch too


class CreneauPris(Exception):
    """Somebody was quicker, or nobody receives then. `alternatives`: the three nearest free slots, soonest first.

    HTTP 409, whatever the page.
    """

    def __init__(self, alternatives: Sequence[Creneau] = ()) -> None:
        self.alternatives = list(alternatives)
        super().__init__(
            "Ce créneau n'est plus libre. Choisissez-en un autre."
            if alternatives
            else "Ce créneau n'est plus libre, et il n'en reste pas d'autre à ces dates."
        )


class RendezVousRefuse(ValueError):
    """A rule refuses. `champ` names what to correct (« personnes », « telephone »…), empty when nothing typed can."""

    def __init__(self, phrase: str, *, champ: str = "") -> None:
        self.champ = champ
        self.phrase = phrase
        super().__init__(phrase)


class ClefDejaServie(RendezVousRefuse):
    """The same idempotency key came with another content."""

    def __init__(self) -> None:
        super().__init__("Cette demande a déjà été envoyée avec un autre contenu. Recommencez depuis le début.")


def tell_usager(refusal: Exception) -> str:
    """Return a refusal as usagers and programs may read it: no agent is named."""
    return refusal.publique if isinstance(refusal, VersionPerimee) else str(refusal)
