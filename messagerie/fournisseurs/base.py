"""What a provider is, and the only ways it may refuse. Nothing here touches the database."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

DELAI_CONNEXION = 4.0  # seconds
DELAI_REPONSE = 12.0  # far below the lease of a row (two minutes)


@dataclass(frozen=True)
class Piece:
    """A file that leaves with an e-mail; `chemin` is its path in the private store, unless `contenu` is all of it."""

    nom: str
    type_mime: str
    chemin: str = ""
    contenu: bytes = b""


@dataclass(frozen=True)
class Message:
    """A message ready to leave, cut off from the database. `uuid` is the idempotency key."""

    uuid: UUID
    destinataire: str
    texte: str
    expediteur: str
    created_at: datetime
    objet: str = ""
    html: str = ""
    repondre_a: str = ""
    entetes: dict[str, str] = field(default_factory=dict)
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class SmsRecu:
    """An SMS somebody sent to the town hall, as the operator gives it."""

    ident: str
    de: str
    texte: str


class RefusDefinitif(Exception):
    """The provider will never take this message: unknown mailbox, invalid number. The reason is in French."""


class PanneTemporaire(Exception):
    """Not taken, certainly; another try may succeed."""


class CompteInutilisable(PanneTemporaire):
    """No account, no credit, wrong credentials: nothing leaves until somebody mends it. Tries do not count."""


class SortInconnu(Exception):
    """The call ended without an answer we understand: the message may have left."""


class Fournisseur(Protocol):
    """A way out. `is_idempotent`: the same uuid twice reaches the person once."""

    nom: str
    is_idempotent: bool

    def send(self, message: Message) -> str:
        """Hand the message over and return the provider's reference.

        Raises RefusDefinitif, PanneTemporaire, CompteInutilisable, SortInconnu, and nothing else.
        """
