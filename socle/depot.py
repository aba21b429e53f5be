"""The private store: bytes received, kept once each under the SHA-256 of their content.

`<DEPOT>/<collectivité>/<year>/<month>/<sha256>`. A file is complete or absent: it is written beside, flushed to the
disk, then renamed. Never served by the web server; a view that checks rights and logs the reading opens it.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

BROUILLON = ".brouillon-"
ABANDON = timedelta(days=1)  # no writing lasts that long: what is left is of a process that died
MORCEAU = 2**20  # bytes read at a time: 60 MB go through without being held twice
_CHEMIN = re.compile(r"[0-9]{1,19}/[0-9]{4}/[0-9]{2}/[0-9a-f]{64}", re.ASCII)


class FichierAbsent(Exception):
    """No such file in the store: it was purged, or its disk is away."""

    def __init__(self) -> None:
        super().__init__("Ce fichier n'est plus dans le dépôt.")


@dataclass(frozen=True)
class Depose:
    """A file of the store: its path there, its SHA-256 in hexadecimal, its size in bytes."""

    chemin: str
    empreinte: str
    octets: int


def store_bytes(contenu: bytes, *, collectivite_id: int, at: datetime) -> Depose:
    """Keep `contenu`, on the disk for good when this returns; the same content is kept once a month."""
    return store_blocks(iter((contenu,)), collectivite_id=collectivite_id, at=at)


def store_stream(flux: BinaryIO, *, collectivite_id: int, at: datetime) -> Depose:
    """Keep what `flux` holds from where it stands, one block at a time."""
    return store_blocks(iter(lambda: flux.read(MORCEAU), b""), collectivite_id=collectivite_id, at=at)


def store_blocks(blocs: Iterator[bytes], *, collectivite_id: int, at: datetime) -> Depose:
    """Keep the blocks as one file. Raises OSError (disk full): then nothing is left of it."""
    mois = f"{int(collectivite_id)}/{at:%Y}/{at:%m}"
    dossier = _make_folder(Path(settings.DEPOT) / mois)
    brouillon = dossier / f"{BROUILLON}{secrets.token_hex(8)}"
    try:
        empreinte, octets = _write(brouillon, blocs)
        brouillon.replace(dossier / empreinte)
    finally:
        with suppress(FileNotFoundError):
            brouillon.unlink()
    _flush_folder(dossier)
    return Depose(f"{mois}/{empreinte}", empreinte, octets)


def open_file(chemin: str) -> BinaryIO:
    """Open a stored file for reading. Raises FichierAbsent, also for any path this module did not make."""
    if not _CHEMIN.fullmatch(chemin):
        raise FichierAbsent
    try:
        return (Path(settings.DEPOT) / chemin).open("rb")
    except OSError as error:
        raise FichierAbsent from error


def read_file(chemin: str) -> bytes:
    """Return the whole content of a stored file. Raises FichierAbsent."""
    with open_file(chemin) as fichier:
        return fichier.read()


def sweep_brouillons(*, at: datetime) -> int:
    """Remove what processes that died left half-written, more than a day old; return how many files.

    A draft is only ever in the folder of its month: the last two months are looked at.
    """
    removed = 0
    months = {f"{at:%Y/%m}", f"{at.replace(day=1) - timedelta(days=1):%Y/%m}"}
    for brouillon in (each for month in months for each in Path(settings.DEPOT).glob(f"*/{month}/{BROUILLON}*")):
        with suppress(FileNotFoundError):
            if brouillon.stat().st_mtime < (at - ABANDON).timestamp():
                brouillon.unlink()
                removed += 1
    return removed


def _write(brouillon: Path, blocs: Iterator[bytes]) -> tuple[str, int]:
    somme, octets = hashlib.sha256(), 0
    descripteur = os.open(brouillon, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descripteur, "wb") as sortie:
        for bloc in blocs:
            somme.update(bloc)
            octets += sortie.write(bloc)
        sortie.flush()
        os.fsync(sortie.fileno())
    return somme.hexdigest(), octets


def _make_folder(dossier: Path) -> Path:
    """Create the folder and what leads to it, each known to the disk before anything is put inside."""
    if not dossier.is_dir():
        parent = dossier.parent
        _make_folder(parent)
        dossier.mkdir(mode=0o700, exist_ok=True)
        _flush_folder(parent)
    return dossier


def _flush_folder(dossier: Path) -> None:
    """A rename is sure only once the folder itself is on the disk."""
    descripteur = os.open(dossier, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descripteur)
    finally:
        os.close(descripteur)
