"""What happens to an appointment, told inside its transaction to whoever must follow: messages, calendars, partners.

Registered in `AppConfig.ready()`. A listener writes rows (outbox, tables) and asks for work on commit; it never calls
a network. An exception rolls the booking back: a confirmation that can't be queued is a booking that isn't made.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from collectivites.acteur import Acteur
from rendezvous.models import RendezVous
from socle.registre import Registre


class Genre(StrEnum):
    """What happened. These are also the names of outgoing webhooks: « rendezvous.confirme »."""

    CONFIRME = "confirme"
    DEPLACE = "deplace"
    ANNULE = "annule"
    PRESENT = "present"
    COMMENCE = "commence"
    HONORE = "honore"
    ABSENT = "absent"
    RETABLI = "retabli"  # a mark undone: present, honoré or absent by mistake
    LIBERE = "libere"  # time came free: an option expired or was dropped, an absence was lifted


@dataclass(frozen=True)
class Evenement:
    """One fact. `avant`: the start before a move. `is_prevenu` False: the usager was told by other means.

    `is_groupe`: the appointment belongs to a parcours told as a whole; its own messages are not sent.
    """

    genre: Genre
    rendezvous: RendezVous
    by: Acteur
    at: datetime
    avant: datetime | None = None
    is_prevenu: bool = True
    is_groupe: bool = False


ecouteurs: Registre[Callable[[Evenement], None]] = Registre()


def tell(evenement: Evenement) -> None:
    """Tell every listener, in their order."""
    for ecouteur in ecouteurs:
        ecouteur(evenement)
