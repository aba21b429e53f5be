"""What may be asked of the usager for one demande, and what is still missing of it.

Only the documents of the form, with the text that demands them; any other takes a supervisor's reason (CRPA L114-5).
What is asked is copied in the row: a demande may change type meanwhile.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from demandes.catalogue.schema import Champ, Piece, Schema, SchemaInvalide, read_schema, write_schema
from demandes.models import Demande, DemandeComplement, PieceJointe, VersionFormulaire

LIBRE = "libre_"
LIBELLE_MAX = 200
LIBRES_MAX = 10


class RienDemande(ValueError):
    """Nothing was ticked."""

    def __init__(self) -> None:
        super().__init__("Choisissez au moins une information ou un document à demander.")


class PieceHorsListe(ValueError):
    """A document outside the list of the type, without a supervisor's reason (CRPA L114-5)."""

    def __init__(self, libelle: str, *, is_superviseur: bool) -> None:
        what = f"«\u00a0{libelle}\u00a0» n'est pas dans la liste de cette démarche."
        ask = (
            "Dites pourquoi il faut le demander."
            if is_superviseur
            else "Un superviseur peut le demander, en disant pourquoi."
        )
        super().__init__(f"{what} {ask}")


@dataclass(frozen=True)
class Exigence:
    """One document asked, as it was when it was asked."""

    code: str
    libelle: str
    aide: str = ""
    texte: str = ""
    indispensable: bool = True

    @property
    def is_libre(self) -> bool:
        """True for a document outside the list of the type."""
        return self.code.startswith(LIBRE)


def load_schema(demande: Demande) -> Schema:
    """Return the form the demande was filed under, else the published one of its type, else an empty one."""
    type_ = demande.type
    version = demande.version_formulaire_id or (type_.version_courante_id if type_ else None)
    row = VersionFormulaire.objects.filter(pk=version).first() if version else None
    try:
        return read_schema(row.schema) if row else Schema()
    except SchemaInvalide:
        return Schema()


def choose_pieces(schema: Schema, codes: Collection[str], libres: Sequence[str]) -> list[Exigence]:
    """Return what is asked: the documents ticked, in the order of the form, then those in free text."""
    known = [_from_piece(piece) for piece in schema.pieces if piece.code in codes]
    said = [" ".join(each.split())[:LIBELLE_MAX] for each in libres[:LIBRES_MAX]]
    return known + [Exigence(f"{LIBRE}{rang}", each) for rang, each in enumerate(filter(None, said), start=1)]


def _from_piece(piece: Piece) -> Exigence:
    return Exigence(piece.code, piece.libelle, piece.aide, piece.texte, piece.indispensable)


def choose_champs(schema: Schema, codes: Collection[str]) -> list[Champ]:
    """Return the questions ticked, each asked for itself: no condition, an answer expected."""
    return [replace(champ, si=None, obligatoire=True) for champ in schema.champs if champ.code in codes]


def verify_libres(pieces: Sequence[Exigence], *, derogation: str, is_superviseur: bool) -> None:
    """Raise PieceHorsListe when a document in free text is asked without a supervisor's reason."""
    libre = next((each for each in pieces if each.is_libre), None)
    if libre is not None and not (is_superviseur and derogation.strip()):
        raise PieceHorsListe(libre.libelle, is_superviseur=is_superviseur)


def stops_the_clock(schema: Schema, champs: Sequence[Champ], pieces: Sequence[Exigence]) -> bool:
    """True when something asked is indispensable: only then may the instruction wait (CRPA L114-5-1)."""
    required = {champ.code for champ in schema.champs if champ.obligatoire}
    return any(piece.indispensable for piece in pieces) or any(champ.code in required for champ in champs)


def write_champs(champs: Sequence[Champ]) -> list[dict[str, Any]]:
    """Return the questions as the row keeps them."""
    written: list[dict[str, Any]] = write_schema(Schema(champs=tuple(champs)))["champs"]
    return written


def write_pieces(pieces: Sequence[Exigence]) -> list[dict[str, Any]]:
    """Return the documents as the row keeps them."""
    return [asdict(each) for each in pieces]


def read_pieces(complement: DemandeComplement) -> list[Exigence]:
    """Return the documents that were asked."""
    return [Exigence(**each) for each in complement.pieces]


def read_form(complement: DemandeComplement) -> Schema:
    """Return the questions that were asked, as a form."""
    return read_schema({"champs": complement.champs, "pieces": []})


def list_missing(complement: DemandeComplement, *, sent: Collection[str] = ()) -> list[Exigence]:
    """Return the documents not received since they were asked, `sent` being on their way (one query)."""
    since = PieceJointe.objects.filter(message__demande_id=complement.demande_id, message__at__gte=complement.asked_at)
    received = set(since.exclude(exigence="").values_list("exigence", flat=True)) | set(sent)
    return [each for each in read_pieces(complement) if each.code not in received]


def describe_exigences(complement: DemandeComplement) -> list[str]:
    """Return each thing asked in one line, with the text that demands it."""
    questions = [str(each["libelle"]) for each in complement.champs]
    return questions + [each.libelle + (f" ({each.texte})" if each.texte else "") for each in read_pieces(complement)]
