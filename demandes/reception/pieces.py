"""Attachments of a mail: bytes in the private store before the transaction, rows inside it. None is ever dropped."""

from collections.abc import Iterable
from datetime import datetime

from demandes.actions.pieces import attach_files
from demandes.fichiers import Gardee, keep_received
from demandes.models import Message
from socle.courriel import Piece


def store_pieces(pieces: Iterable[Piece], *, collectivite_id: int, at: datetime) -> list[Gardee]:
    """Put the bytes in the store, inspected; refused, they are kept too, « bloquées ».

    A replay finds them there: the store is addressed by content.
    """
    return [keep_received(piece.contenu, nom=piece.nom, collectivite_id=collectivite_id, at=at) for piece in pieces]


def attach_pieces(gardees: list[Gardee], *, message: Message, at: datetime) -> None:
    """Write the rows of a message's attachments."""
    if gardees:
        attach_files(message=message, gardees=gardees, at=at)
