"""What a ZIP holds, read without unfolding it: its size once unfolded, its depth, what its files really are.

An office document is a ZIP too. Figures: a deflated stream can't exceed 1,032 times its size (RFC 1951); real office
documents stay under 100.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from socle.fichiers.noms import clean_name, read_extension
from socle.fichiers.refus import (
    ArchiveExcessive,
    ArchiveSuspecte,
    FichierAbime,
    FichierProtege,
    FichierRefuse,
    FichierVide,
    MacrosRefusees,
    TypeNonAccepte,
)
from socle.fichiers.types import (
    DOCUMENTS_ZIP,
    DOCX,
    EXTENSIONS_REFUSEES,
    PPTX,
    XLSX,
    ZIP,
    TypeFichier,
)

DEBUTS = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0"
PROFONDEUR = 2  # a ZIP in a ZIP, a document in that one: no further
NOMBRE = 2_000  # files, the directories and those of inner archives included
TOTAL = 200 * 2**20  # bytes once unfolded, inner archives included
TAUX = 120  # times the size of the archive, counted beyond PETIT
PETIT = 10 * 2**20  # bytes: a small whole may be well compressed (an empty spreadsheet, a log)
_DEBUT = 4096  # bytes read of each file to know what it is
_TABLE = 2**20  # bytes read at most of the table of contents of a document
_INTERIEUR = 40 * 2**20  # bytes of an inner archive or document, which is read whole
_REPERTOIRE = 2**20  # bytes of the list of files: beyond 2,000 files, no need to read it
_FIN = 22 + 2**16  # bytes where the end record is, its comment included (APPNOTE 4.3.16)
_CHIFFRE = 0x1
_MACROS = re.compile(r"(?i)vbaproject\.bin$|vbadata\.xml$|/macrosheets/|/activex/|^basic/|^scripts/")
_PRINCIPAUX = {
    b"wordprocessingml.document.main+xml": DOCX,
    b"spreadsheetml.sheet.main+xml": XLSX,
    b"presentationml.presentation.main+xml": PPTX,
    b"presentationml.slideshow.main+xml": PPTX,
}
Sonder = Callable[[BinaryIO, str, "Budget"], TypeFichier]


@dataclass
class Budget:
    """What is left to spend on one file received, its inner archives included."""

    taille: int  # bytes of the file received
    nombre: int = NOMBRE
    octets: int = TOTAL
    profondeur: int = PROFONDEUR

    def spend(self, nombre: int, octets: int) -> None:
        """Count what an archive declares. Raises ArchiveExcessive."""
        self.nombre -= nombre
        self.octets -= octets
        unfolded = TOTAL - self.octets
        if self.nombre < 0 or self.octets < 0 or unfolded > max(PETIT, TAUX * self.taille):
            raise ArchiveExcessive


def inspect_zip(flux: BinaryIO, budget: Budget, sonder: Sonder) -> TypeFichier:
    """Return what the ZIP is, or refuse it. `sonder` says what an inner file is; it raises FichierRefuse.

    Raises ArchiveExcessive, ArchiveSuspecte, FichierAbime, FichierProtege, FichierVide, MacrosRefusees,
    TypeNonAccepte.
    """
    try:
        _verify_directory(flux)
        with zipfile.ZipFile(flux) as archive:
            return _read(archive, budget, sonder)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, UnicodeDecodeError, ValueError) as error:
        if isinstance(error, FichierRefuse):
            raise
        raise FichierAbime from error
    except (NotImplementedError, RuntimeError) as error:  # a method of compression nobody uses, or a password
        raise FichierProtege from error


def _verify_directory(flux: BinaryIO) -> None:
    """Refuse a list of files too long to be read, before reading it. Raises ArchiveExcessive."""
    end = flux.seek(0, io.SEEK_END)
    flux.seek(max(0, end - _FIN))
    tail = flux.read(_FIN)
    place, place64 = tail.rfind(b"PK\x05\x06"), tail.rfind(b"PK\x06\x06")
    sizes = [struct.unpack_from("<L", tail, place + 12)[0]] if place >= 0 else []
    if place64 >= 0 and b"PK\x06\x07" in tail:
        sizes = [struct.unpack_from("<Q", tail, place64 + 40)[0]]
    if any(size > _REPERTOIRE for size in sizes):
        raise ArchiveExcessive


def _read(archive: zipfile.ZipFile, budget: Budget, sonder: Sonder) -> TypeFichier:
    members = [each for each in archive.infolist() if not each.is_dir()]
    if not members:
        raise FichierVide
    _verify_overlap(members, budget)
    budget.spend(len(members), sum(each.file_size for each in members))
    if any(each.flag_bits & _CHIFFRE for each in members):
        raise FichierProtege
    found = _recognise(archive)
    if any(_MACROS.search(each.filename) for each in members) and found is not ZIP:
        raise MacrosRefusees
    if found is ZIP:
        _inspect_members(archive, members, budget, sonder)
    return found


def _verify_overlap(members: list[zipfile.ZipInfo], budget: Budget) -> None:
    """Refuse files laid upon one another: one compressed block counted thousands of times."""
    if sum(each.compress_size for each in members) > max(budget.taille, 1) or len(members) > NOMBRE:
        raise ArchiveExcessive


def _recognise(archive: zipfile.ZipFile) -> TypeFichier:
    """Return the kind of document, ZIP for a plain archive. Raises MacrosRefusees, FichierProtege, TypeNonAccepte."""
    names = set(archive.namelist())
    if "[Content_Types].xml" in names:
        return _recognise_ooxml(_read_start(archive, "[Content_Types].xml", _TABLE))
    if "mimetype" in names and "META-INF/manifest.xml" in names:
        return _recognise_odf(archive)
    if "AndroidManifest.xml" in names or "META-INF/MANIFEST.MF" in names:
        raise TypeNonAccepte  # an application
    return ZIP


def _recognise_ooxml(table: bytes) -> TypeFichier:
    if b"macroEnabled" in table or b"vbaProject" in table:
        raise MacrosRefusees
    found = next((kind for mark, kind in _PRINCIPAUX.items() if mark in table), None)
    if found is None:
        raise TypeNonAccepte
    return found


def _recognise_odf(archive: zipfile.ZipFile) -> TypeFichier:
    mime = _read_start(archive, "mimetype", 200).decode("ascii", "replace").strip()
    found = next((kind for kind in DOCUMENTS_ZIP if kind.mime == mime), None)
    if found is None:
        raise TypeNonAccepte
    if b"encryption-data" in _read_start(archive, "META-INF/manifest.xml", _TABLE):
        raise FichierProtege
    return found


def _read_start(archive: zipfile.ZipFile, nom: str, octets: int) -> bytes:
    with archive.open(nom) as fichier:
        return fichier.read(octets)


def _inspect_members(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], budget: Budget, sonder: Sonder) -> None:
    """Refuse the archive for one file we would not take alone; a kind we merely do not know is left inside."""
    for member in members:
        nom = clean_name(member.filename)
        if read_extension(nom) in EXTENSIONS_REFUSEES:
            raise ArchiveSuspecte(nom)
        if member.file_size == 0:
            continue
        with archive.open(member) as fichier:
            content = fichier.read(_DEBUT)
            if content.startswith((*DEBUTS, _OLE)):
                if member.file_size > _INTERIEUR:
                    raise ArchiveExcessive
                content += fichier.read()
        _inspect_one(content, nom, budget, sonder)


def _inspect_one(content: bytes, nom: str, budget: Budget, sonder: Sonder) -> None:
    if content.startswith(DEBUTS):
        budget.profondeur -= 1
        if budget.profondeur < 0:
            raise ArchiveExcessive
    try:
        sonder(io.BytesIO(content), nom, budget)
    except (ArchiveExcessive, MacrosRefusees, FichierProtege):
        raise
    except TypeNonAccepte:
        pass
    except FichierRefuse as refusal:
        raise ArchiveSuspecte(nom) from refusal
    finally:
        if content.startswith(DEBUTS):
            budget.profondeur += 1
