"""Uploads, bounded while they arrive: what is too much is read and thrown away, the rest of the form stays.

Placed first in FILE_UPLOAD_HANDLERS. A file beyond the limits fills neither memory nor the disk; the text fields
around it are kept, so that the page comes back filled, with a sentence. Cutting the connection instead would make the
browser show its own error and lose the text.
"""

from typing import Any, NamedTuple

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from socle.fichiers.noms import clean_name
from socle.fichiers.refus import EnsembleTropLourd, FichierRefuse, FichiersTropNombreux, FichierTropLourd


class Ecarte(NamedTuple):
    """A file that was not kept: the form field, its name, why."""

    champ: str
    nom: str
    refus: FichierRefuse


def list_refused(request: HttpRequest) -> list[Ecarte]:
    """Return the files of the request that were thrown away while they arrived. Reads the body if it is not yet."""
    request.POST  # noqa: B018 parsing fills the list
    found: list[Ecarte] = getattr(request, "fichiers_ecartes", [])
    return found


class LimiteTeleversement(FileUploadHandler):
    """Counts bytes and files of one request; refuses one file at a time. Agents have wider fields (CHAMPS_LOURDS)."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.total = self.nombre = 0
        if request is not None:
            request.fichiers_ecartes = []  # type: ignore[attr-defined]

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins. Raises SkipFile."""
        super().new_file(*args, **kwargs)
        self.nombre += 1
        self.octets = 0
        own = settings.CHAMPS_LOURDS.get(self.field_name or "")
        own = own if own and self._is_agent() else 0
        self.maximum = own or settings.FICHIER_MAX
        self.ensemble = max(own, settings.MESSAGE_MAX)
        if self.nombre > settings.FICHIERS_MAX + 1:
            raise SkipFile  # said once
        if self.nombre > settings.FICHIERS_MAX:
            self._refuse(FichiersTropNombreux(settings.FICHIERS_MAX))
        if self.total >= self.ensemble:
            self._refuse(EnsembleTropLourd(self.ensemble))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Let the block go on to the next handler. Raises SkipFile."""
        self.octets += len(raw_data)
        if self.octets > self.maximum:
            self._refuse(FichierTropLourd(self.maximum))
        if self.total + self.octets > self.ensemble:
            self._refuse(EnsembleTropLourd(self.ensemble))
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Count it; the next handler makes the file."""
        self.total += self.octets

    def _is_agent(self) -> bool:
        user = getattr(self.request, "user", None)
        return bool(user is not None and user.is_authenticated)

    def _refuse(self, refus: FichierRefuse) -> None:
        if self.request is not None:
            nom = clean_name(self.file_name or "")
            self.request.fichiers_ecartes.append(Ecarte(self.field_name or "", nom, refus))  # type: ignore[attr-defined]
        raise SkipFile from refus
