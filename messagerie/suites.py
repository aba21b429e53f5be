"""News for the floors above: what they plug in when they link a message to one of their objects.

The registries are keyed by `Envoi.objet_type` (« demande », « rendezvous »…) and filled in `AppConfig.ready()`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from collectivites.acces import Acces
from messagerie.models import Envoi
from socle.registre import Registre

# Called inside the transaction that settles the message: `etat` is remis, rejete or echec.
suites: Registre[Callable[[Envoi, datetime], None]] = Registre()


@dataclass(frozen=True)
class ObjetLie:
    """What a message is about: its word on screen, its page, and who may read the text of its messages."""

    libelle: str  # « demande »
    url: Callable[[str, int], str]  # (slug of the collectivité, id) → address of its page
    can_read: Callable[[Acces, int], bool]  # (who, id): sealed domains are known above


objets: Registre[ObjetLie] = Registre()
# Asked when a message is about to leave: the later instant at which it may (no reminder in the night, however late a
# provider made it), a French sentence when it must not leave at all, None when it may now. Called inside the
# transaction that takes the row.
retenues: Registre[Callable[[Envoi, datetime], datetime | str | None]] = Registre()
