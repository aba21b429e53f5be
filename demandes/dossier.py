"""What was filed with a demande: answers in words, documents asked with what came for each, other files."""

from dataclasses import dataclass

from demandes.catalogue.formulaire import Piece, describe, visible_pieces
from demandes.catalogue.schema import Schema, SchemaInvalide, read_schema
from demandes.models import Demande, PieceJointe, VersionFormulaire


@dataclass(frozen=True)
class Exigence:
    """A document the form asks, and the files received for it."""

    piece: Piece
    recues: tuple[PieceJointe, ...]

    @property
    def is_manquante(self) -> bool:
        """True when it is required and nothing came."""
        return self.piece.obligatoire and not self.recues


@dataclass(frozen=True)
class Dossier:
    """The whole of it; `version` is the number of the form that was filled, None without form."""

    reponses: tuple[tuple[str, str], ...]
    exigences: tuple[Exigence, ...]
    autres: tuple[PieceJointe, ...]
    version: int | None

    @property
    def manquantes(self) -> tuple[Exigence, ...]:
        """The required documents still to come."""
        return tuple(each for each in self.exigences if each.is_manquante)


def load_dossier(demande: Demande) -> Dossier:
    """Read the answers under the version they were given, and the files (two queries)."""
    version = VersionFormulaire.objects.filter(pk=demande.version_formulaire_id or 0).first()
    schema = _read(version)
    files = list(
        PieceJointe.objects.select_related("message").filter(message__demande=demande).order_by("message__at", "pk")
    )
    asked = visible_pieces(schema, demande.reponses)
    codes = {each.code for each in asked}
    return Dossier(
        reponses=tuple(describe(schema, demande.reponses)),
        exigences=tuple(Exigence(each, tuple(f for f in files if f.exigence == each.code)) for each in asked),
        autres=tuple(each for each in files if each.exigence not in codes),
        version=version.numero if version else None,
    )


def _read(version: VersionFormulaire | None) -> Schema:
    try:
        return read_schema(version.schema) if version else Schema()
    except SchemaInvalide:  # a rule came after the form: the demande stays readable, its raw text keeps the answers
        return Schema()
