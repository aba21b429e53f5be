"""A file on its way into a demande: inspected, its image cleaned, its bytes in the store. No row is written here."""

import io
from datetime import datetime
from typing import BinaryIO, NamedTuple

from demandes.models import Analyse
from socle.depot import Depose, store_bytes, store_stream
from socle.fichiers import FichierRefuse, Inspection, inspect_file, reencode
from socle.fichiers.heic import erase_metadata
from socle.fichiers.noms import clean_name
from socle.fichiers.types import HEIC

RECU_MAX = 100 * 2**20  # bytes of a file that came by itself (mail, scan): its door already bounded it
INCONNU = "application/octet-stream"


class Gardee(NamedTuple):
    """A file whose bytes are in the store; `analyse` and `raison` as in PieceJointe."""

    nom: str
    type_mime: str
    depose: Depose
    analyse: str = Analyse.NON_ANALYSEE
    raison: str = ""

    @property
    def is_bloquee(self) -> bool:
        """True for what is kept but will not be handed out."""
        return self.analyse == Analyse.BLOQUEE


def keep_file(flux: BinaryIO, *, nom: str, collectivite_id: int, at: datetime, maximum: int | None = None) -> Gardee:
    """Keep a file that somebody hands us now. Raises FichierRefuse: nothing is kept, the sentence is for them."""
    found = inspect_file(flux, nom=nom, maximum=maximum)
    return Gardee(found.nom, found.mime, _store(flux, found, collectivite_id=collectivite_id, at=at))


def keep_received(contenu: bytes, *, nom: str, collectivite_id: int, at: datetime) -> Gardee:
    """Keep a file that came by itself (mail, scan, webhook): refused, it is kept as it is, marked « bloquée »."""
    try:
        return keep_file(io.BytesIO(contenu), nom=nom, collectivite_id=collectivite_id, at=at, maximum=RECU_MAX)
    except FichierRefuse as refusal:
        depose = store_bytes(contenu, collectivite_id=collectivite_id, at=at)
        return Gardee(clean_name(nom), INCONNU, depose, Analyse.BLOQUEE, str(refusal)[:200])


def _store(flux: BinaryIO, found: Inspection, *, collectivite_id: int, at: datetime) -> Depose:
    """Images are written again, without what phones hide in them; anything else is kept byte for byte."""
    if found.type.is_image:
        return store_bytes(reencode(flux, found.type), collectivite_id=collectivite_id, at=at)
    if found.type is HEIC:
        return store_bytes(erase_metadata(flux), collectivite_id=collectivite_id, at=at)
    return store_stream(flux, collectivite_id=collectivite_id, at=at)
