"""Attachments of a message: bytes in the private store before the transaction, rows inside it."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from demandes.models import Message, PieceJointe
from socle.courriel import Piece
from socle.depot import Depose, store_bytes

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-executable"),
    (b"{\\rtf", "application/rtf"),
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),
)
_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+_-]{1,100}")
_ZIPS = ("application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument.", "application/zip")
INCONNU = "application/octet-stream"


class PieceDeposee(NamedTuple):
    """One attachment whose bytes are in the store."""

    nom: str
    type_mime: str
    depose: Depose


def store_pieces(pieces: Iterable[Piece], *, collectivite_id: int, at: datetime) -> list[PieceDeposee]:
    """Put the bytes in the store. A replay finds them there: the store is addressed by content."""
    return [
        PieceDeposee(piece.nom, sniff_type(piece), store_bytes(piece.contenu, collectivite_id=collectivite_id, at=at))
        for piece in pieces
    ]


def attach_pieces(deposees: list[PieceDeposee], *, message: Message) -> None:
    """Write the rows of a message's attachments."""
    PieceJointe.objects.bulk_create(
        PieceJointe(
            message=message,
            nom=piece.nom[:255],
            type_mime=piece.type_mime,
            octets=piece.depose.octets,
            empreinte=piece.depose.empreinte,
            fichier=piece.depose.chemin,
        )
        for piece in deposees
    )


def sniff_type(piece: Piece) -> str:
    """Return what the bytes say, else what the sender says when it is plausible; never a page or a script."""
    debut = piece.contenu[:16]
    for signature, type_mime in _SIGNATURES:
        if debut.startswith(signature):
            return type_mime
    if debut.startswith(b"PK\x03\x04"):
        return piece.type if piece.type.startswith(_ZIPS) else "application/zip"
    if debut[4:12] in (b"ftypheic", b"ftypmif1"):
        return "image/heic"
    declare = piece.type if _TYPE.fullmatch(piece.type) else INCONNU
    return INCONNU if declare.startswith(("image/", "application/pdf")) else declare[:120]
