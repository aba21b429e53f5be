"""What a file really is, whatever its name and its declared type say: by its content, against a closed list."""

import io
import re
from dataclasses import dataclass
from typing import BinaryIO

from django.conf import settings

from socle.fichiers.archives import DEBUTS, Budget, inspect_zip
from socle.fichiers.noms import clean_name, fit_extension, read_extension
from socle.fichiers.refus import (
    FichierProtege,
    FichierTropLourd,
    FichierVide,
    MacrosRefusees,
    PageRefusee,
    ProgrammeRefuse,
    TypeNonAccepte,
)
from socle.fichiers.types import (
    DOC,
    EXTENSIONS_REFUSEES,
    GIF,
    HEIC,
    JPEG,
    PDF,
    PNG,
    PPT,
    RTF,
    TEXTES,
    TIFF,
    TXT,
    WEBP,
    XLS,
    TypeFichier,
)

DEBUT = 4096  # bytes looked at first
_SIGNATURES: tuple[tuple[bytes, TypeFichier], ...] = (
    (b"%PDF-", PDF),
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"{\\rtf", RTF),
)
_HEIC = re.compile(rb"....ftyp(heic|heix|heim|heis|hevc|mif1|msf1)", re.DOTALL)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FLUX_OLE = (("WordDocument", DOC), ("Workbook", XLS), ("Book", XLS), ("PowerPoint Document", PPT))
_PROGRAMMES = (
    b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe", b"dex\n", b"\0asm", b"L\0\0\0\x01\x14\x02\0", b"MSCF", b"#!",
)  # fmt: skip
_MZ = re.compile(rb"MZ(?:[^ -~\r\n\t]|.*\x00)", re.DOTALL)  # two letters also begin texts
_PAGE = re.compile(r"<(?:[a-z!?/])", re.IGNORECASE)
_SCRIPT = re.compile(r"(?i)(?:<\?php|<script\b|@echo off\b|on error resume next\b|powershell\b.{0,40}\s-e(?:nc|p)?\b)")
_CONTROLES = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True)
class Inspection:
    """A file we take: a safe name with the extension its content deserves, its kind, its size in bytes."""

    nom: str
    type: TypeFichier
    octets: int

    @property
    def mime(self) -> str:
        """The MIME type."""
        return self.type.mime


def inspect_file(flux: BinaryIO, *, nom: str, maximum: int | None = None) -> Inspection:
    """Say what the file is, from the beginning of the stream; the stream is left at its beginning.

    `maximum`: bytes (settings.FICHIER_MAX by default). Raises FichierRefuse, with a sentence for the sender.
    """
    limit = settings.FICHIER_MAX if maximum is None else maximum
    octets = flux.seek(0, io.SEEK_END)
    if octets == 0:
        raise FichierVide
    if octets > limit:
        raise FichierTropLourd(limit)
    safe = clean_name(nom)
    if read_extension(safe) in EXTENSIONS_REFUSEES:
        raise _refuse_extension(read_extension(safe))
    found = sniff(flux, safe, Budget(taille=octets))
    flux.seek(0)
    return Inspection(fit_extension(safe, found.extensions), found, octets)


def _refuse_extension(extension: str) -> Exception:
    if extension in {"htm", "html", "shtml", "xht", "xhtml", "xml", "xsl", "xslt", "svg", "svgz", "mht", "mhtml"}:
        return PageRefusee()
    return MacrosRefusees() if extension[:3] in {"doc", "dot", "xls", "xlt", "ppt", "pot"} else ProgrammeRefuse()


def sniff(flux: BinaryIO, nom: str, budget: Budget) -> TypeFichier:
    """Return what the content is. Raises FichierRefuse."""
    flux.seek(0)
    debut = flux.read(DEBUT)
    if debut.startswith(DEBUTS):
        return inspect_zip(flux, budget, sniff)
    if debut.startswith(_OLE):
        flux.seek(0)
        return _sniff_ole(flux.read())
    if found := _match(debut):
        if found is RTF:
            _verify_rtf(flux)
        return found
    if debut.startswith(_PROGRAMMES) or _MZ.match(debut):
        raise ProgrammeRefuse
    return _sniff_text(debut, nom)


def _match(debut: bytes) -> TypeFichier | None:
    """Compare with the signatures; a PDF may have a few blanks before its first mark."""
    if debut[:4] == b"RIFF" and debut[8:12] == b"WEBP":
        return WEBP
    if _HEIC.match(debut):
        return HEIC
    trimmed = debut.lstrip(b"\xef\xbb\xbf\r\n\t \0") if b"%PDF-" in debut[:1024] else debut
    return next((kind for mark, kind in _SIGNATURES if trimmed.startswith(mark)), None)


def _sniff_ole(content: bytes) -> TypeFichier:
    """Tell the old Office documents apart by the names of their streams (MS-CFB 2.6.1, UTF-16), macros refused."""
    if _write("EncryptedPackage") in content:
        raise FichierProtege
    if _write("_VBA_PROJECT") in content:
        raise MacrosRefusees
    found = next((kind for name, kind in _FLUX_OLE if _write(name) + b"\0\0" in content), None)
    if found is None:
        raise TypeNonAccepte
    return found


def _write(name: str) -> bytes:
    return name.encode("utf-16-le")


def _verify_rtf(flux: BinaryIO) -> None:
    """Refuse embedded objects: they are how RTF carries programs."""
    flux.seek(0)
    content = flux.read().lower()
    if b"\\objdata" in content or b"\\objupdate" in content:
        raise MacrosRefusees


def _sniff_text(debut: bytes, nom: str) -> TypeFichier:
    """Accept plain text, told apart by its extension; never a page nor a script."""
    text = _decode(debut)
    start = text.lstrip("\ufeff \t\r\n\f\v")
    if _PAGE.match(start):
        raise ProgrammeRefuse if _SCRIPT.match(start) else PageRefusee
    if _SCRIPT.match(start):
        raise ProgrammeRefuse
    extension = read_extension(nom)
    return next((kind for kind in TEXTES if extension in kind.extensions), TXT)


def _decode(debut: bytes) -> str:
    """Return the beginning as text. Raises TypeNonAccepte for anything binary."""
    if debut.startswith((b"\xff\xfe", b"\xfe\xff")):
        return debut[: len(debut) & ~1].decode("utf-16", "replace")
    if _CONTROLES.search(debut):
        raise TypeNonAccepte
    return debut.decode("utf-8", "ignore") if debut.isascii() else debut.decode("utf-8", "replace")
