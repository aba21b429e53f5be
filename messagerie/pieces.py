"""Files that leave with an e-mail: what a message may carry. Their bytes are read when it leaves (`fournisseurs`)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from messagerie.destinataires import MessageRefuse
from messagerie.fournisseurs.base import Piece
from messagerie.models import Envoi, PieceEnvoi
from socle.ecriture import write_taille


@dataclass(frozen=True)
class PieceAEnvoyer:
    """A file to send: `chemin` is its path in the private store, `octets` its size; or see `write_piece`."""

    nom: str
    type_mime: str
    octets: int
    chemin: str = ""
    contenu: bytes = b""


def write_piece(nom: str, type_mime: str, contenu: bytes) -> PieceAEnvoyer:
    """Return a small file that Guichet has just written: its bytes travel in the row of the message."""
    return PieceAEnvoyer(nom, type_mime, len(contenu), contenu=contenu)


def check_pieces(canal: str, pieces: Sequence[PieceAEnvoyer]) -> None:
    """Raise MessageRefuse when this message can't carry these files."""
    if not pieces:
        return
    if canal != Envoi.Canal.COURRIEL:
        raise MessageRefuse("Un SMS ne porte pas de fichier\u00a0: répondez par courriel, ou retirez les fichiers.")
    total = sum(piece.octets for piece in pieces)
    if total > settings.COURRIEL_PIECES_MAX:
        raise MessageRefuse(
            f"Les fichiers pèsent {write_taille(total)}\u00a0: un courriel en porte "
            f"{write_taille(settings.COURRIEL_PIECES_MAX)} au plus."
        )


def write_pieces(envoi: Envoi, pieces: Sequence[PieceAEnvoyer]) -> None:
    """Tie the files to a message that has just been queued."""
    PieceEnvoi.objects.bulk_create(
        PieceEnvoi(
            envoi=envoi, rang=rang, nom=piece.nom[:255], type_mime=piece.type_mime, octets=piece.octets,
            chemin=piece.chemin, contenu=piece.contenu or None,
        )
        for rang, piece in enumerate(pieces, start=1)
    )  # fmt: skip


def list_pieces(envoi: Envoi) -> tuple[Piece, ...]:
    """Return what the provider needs of the files, in order (one query)."""
    rows = PieceEnvoi.objects.filter(envoi=envoi).order_by("rang")
    return tuple(Piece(row.nom, row.type_mime, row.chemin, bytes(row.contenu or b"")) for row in rows)
