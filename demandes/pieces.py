"""Files of a form, read from the request: kept at once under the form's key, so that a refused form keeps them.

`templates/demandes/_pieces.html` draws the field and lists what already waits.
"""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpRequest

from collectivites.acteur import Acteur
from demandes.actions.pieces import drop_uploads, keep_upload, list_uploads
from demandes.models import PieceDeposee
from socle.fichiers import FichierRefuse
from socle.fichiers.noms import clean_name
from socle.fichiers.televersement import list_refused

CHAMP = "pieces"
LISTEES, GARDEES = "pieces_listees", "pieces_gardees"  # ids shown by the form, ids still ticked


class PiecesRefusees(ValueError):
    """Some files were not taken: `refus` holds (name, sentence), `gardees` what waits all the same."""

    def __init__(self, refus: list[tuple[str, str]], gardees: list[PieceDeposee]) -> None:
        self.refus, self.gardees = refus, gardees
        super().__init__("\n".join(f"«\u00a0{nom}\u00a0»\u00a0: {said}" for nom, said in refus))


class Depots(NamedTuple):
    """What waits under a form's key, and what was refused this time: (name, sentence)."""

    pieces: list[PieceDeposee]
    refus: list[tuple[str, str]]


def read_uploads(
    request: HttpRequest, *, clef: UUID, by: Acteur, at: datetime, champ: str = CHAMP, exigence: str = ""
) -> list[PieceDeposee]:
    """Keep the files of the field `champ` under `clef`, forget those unticked, return all that waits there.

    Call it once a field (`exigence`: code of the document the field asks for), before the action and outside its
    `atomic` block: what is kept must outlive a refusal. Raises PiecesRefusees after having kept the good ones.
    """
    found = collect_uploads(request, clef=clef, by=by, at=at, champ=champ, exigence=exigence)
    if found.refus:
        raise PiecesRefusees(found.refus, found.pieces)
    return found.pieces


def collect_uploads(
    request: HttpRequest, *, clef: UUID, by: Acteur, at: datetime, champ: str = CHAMP, exigence: str = ""
) -> Depots:
    """Do as `read_uploads`, but return the refusals: for a form that tells all that is wrong at once."""
    drop_uploads(clef=clef, pks=_read_ids(request, LISTEES) - _read_ids(request, GARDEES), by=by)
    refused = [(each.nom, str(each.refus)) for each in list_refused(request) if each.champ == champ]
    for upload in request.FILES.getlist(champ):
        flux: Any = upload.file
        try:
            keep_upload(clef=clef, flux=flux, nom=upload.name or "", by=by, at=at, exigence=exigence)
        except FichierRefuse as refusal:
            refused.append((clean_name(upload.name or ""), str(refusal)))
    return Depots(list_uploads(clef=clef, by=by), refused)


def read_clef(request: HttpRequest, champ: str = "clef") -> UUID | None:
    """Return the key of the form that was sent, None when it carries none."""
    try:
        return UUID(request.POST.get(champ, ""))
    except ValueError:
        return None


def _read_ids(request: HttpRequest, champ: str) -> set[int]:
    given = request.POST.getlist(champ)
    return {int(text) for text in given if text.isascii() and text.isdigit() and len(text) < 19}
