"""The private store: complete or absent, once each, and no way out of it."""

import hashlib
import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from socle.depot import (
    MORCEAU,
    Depose,
    FichierAbsent,
    open_file,
    read_file,
    store_blocks,
    store_bytes,
    store_stream,
    sweep_brouillons,
)

AT = datetime(2026, 11, 24, tzinfo=UTC)


def test_a_file_is_named_by_its_content_under_its_town_and_month() -> None:
    depose = store_bytes(b"bonjour", collectivite_id=7, at=AT)
    empreinte = hashlib.sha256(b"bonjour").hexdigest()
    assert depose == Depose(f"7/2026/11/{empreinte}", empreinte, 7)
    assert read_file(depose.chemin) == b"bonjour"


def test_the_same_content_is_kept_once(depot: Path) -> None:
    for _ in range(3):
        store_bytes(b"deux fois", collectivite_id=7, at=AT)
    assert len([each for each in depot.rglob("*") if each.is_file()]) == 1


def test_a_heavy_stream_goes_through_block_by_block() -> None:
    class Robinet(io.RawIOBase):
        reste, demandes = 60 * 2**20, 0

        def read(self, taille: int = -1) -> bytes:
            assert 0 < taille <= MORCEAU
            pris = min(taille, self.reste)
            self.reste -= pris
            return b"x" * pris

    depose = store_stream(Robinet(), collectivite_id=1, at=AT)
    assert depose.octets == 60 * 2**20


@pytest.mark.parametrize(
    "chemin",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "7/2026/11/../../../../etc/passwd",
        "",
        "7/2026/11/abc",
        "7/2026/11/" + "g" * 64,
    ],
)
def test_no_path_leads_out_of_the_store(chemin: str) -> None:
    with pytest.raises(FichierAbsent):
        open_file(chemin)


def test_a_disk_that_fails_leaves_nothing_behind(depot: Path) -> None:
    def blocs() -> object:
        yield b"debut"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="space"):
        store_blocks(blocs(), collectivite_id=1, at=AT)
    assert [each for each in depot.rglob("*") if each.is_file()] == []


def test_files_are_readable_by_their_owner_only(depot: Path) -> None:
    depose = store_bytes(b"prive", collectivite_id=1, at=AT)
    assert (depot / depose.chemin).stat().st_mode & 0o077 == 0


def test_what_a_dead_process_left_half_written_goes_after_a_day(depot: Path) -> None:
    kept = store_bytes(b"entier", collectivite_id=7, at=AT)
    old, young = (depot / "7/2026/11" / f".brouillon-{each}" for each in ("vieux", "jeune"))
    for path, age in ((old, timedelta(hours=25)), (young, timedelta(hours=1))):
        path.write_bytes(b"moitie")
        os.utime(path, ((AT - age).timestamp(),) * 2)
    assert sweep_brouillons(at=AT) == 1
    assert (old.exists(), young.exists(), read_file(kept.chemin)) == (False, True, b"entier")
