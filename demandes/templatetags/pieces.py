"""Files on screen: the field that takes them, and one line a file with what is known of it."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.conf import settings

from demandes.analyse import describe_analyse
from demandes.models import PieceDeposee, PieceJointe
from demandes.pieces import CHAMP
from socle.fichiers import describe_mime
from socle.fichiers.types import EXTENSIONS_ACCEPTEES, IMAGES

register = template.Library()
_MIMES_IMAGES = frozenset(each.mime for each in IMAGES)


@register.inclusion_tag("demandes/_champ_pieces.html")
def champ_pieces(
    depots: Sequence[PieceDeposee],
    refus: Sequence[tuple[str, str]],
    ident: str,
    champ: str = CHAMP,
    libelle: str = "Joindre des fichiers",
) -> dict[str, Any]:
    """Draw the field: what already waits under the form's key (`depots`), what was refused, the native control.

    The form needs `enctype="multipart/form-data"`. `ident` prefixes the ids of the page.
    """
    return {
        "depots": depots, "refus": refus, "ident": ident, "champ": champ, "libelle": libelle,
        "accepte": EXTENSIONS_ACCEPTEES, "fichier_max": settings.FICHIER_MAX, "message_max": settings.MESSAGE_MAX,
    }  # fmt: skip


@register.inclusion_tag("demandes/_piece.html")
def piece_jointe(piece: PieceJointe, url: str, apercu_url: str = "") -> dict[str, Any]:
    """Draw a file of the conversation: a link to save it at `url`, unless it was put aside; images may be seen."""
    mot, ton = describe_analyse(piece)
    return {
        "piece": piece, "url": "" if piece.is_ecartee else url, "mot": mot, "ton": ton,
        "genre": describe_mime(piece.type_mime),
        "apercu_url": apercu_url if piece.type_mime in _MIMES_IMAGES and not piece.is_ecartee else "",
    }  # fmt: skip
