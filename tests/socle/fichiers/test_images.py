"""Images written again: upright, without place, date nor device; bombs refused before they are decoded."""

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from socle.fichiers.heic import erase_metadata
from socle.fichiers.images import make_preview, reencode
from socle.fichiers.refus import FichierAbime, ImageTropGrande
from socle.fichiers.types import GIF, JPEG, PNG, TIFF, WEBP, TypeFichier
from tests.socle.fichiers.documents import photo


@pytest.mark.parametrize(("kind", "code"), [(JPEG, "JPEG"), (PNG, "PNG"), (WEBP, "WEBP"), (TIFF, "TIFF")])
def test_no_place_no_device_and_upright(kind: TypeFichier, code: str) -> None:
    before = photo(code)
    assert b"Fabricant-de-Secrets" in before
    after = reencode(io.BytesIO(before), kind)
    assert b"Fabricant-de-Secrets" not in after
    image = Image.open(io.BytesIO(after))
    assert image.format == code
    assert image.size == (40, 60)  # orientation 6: it lay on its side
    assert not image.getexif().get_ifd(0x8825)
    assert image.getexif().get(0x0112, 1) == 1
    assert image.convert("RGB").getpixel((20, 10))[0] > 200  # the red half is now on top
    assert image.convert("RGB").getpixel((20, 50))[0] < 60


def test_every_page_of_a_scan_and_every_frame_of_an_animation() -> None:
    pages = [Image.new("L", (30, 20), shade) for shade in (10, 120, 240)]
    for kind, code in ((TIFF, "TIFF"), (GIF, "GIF")):
        flux = io.BytesIO()
        pages[0].save(flux, code, save_all=True, append_images=pages[1:])
        after = Image.open(io.BytesIO(reencode(flux, kind)))
        assert after.n_frames == 3
        after.seek(2)
        assert after.convert("L").getpixel((5, 5)) > 230


def test_transparency_stays() -> None:
    flux = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 255, 0)).save(flux, "PNG")
    assert Image.open(io.BytesIO(reencode(flux, PNG))).getpixel((5, 5))[3] == 0


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    header = struct.pack(">LLBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = lambda kind, body: (  # noqa: E731
        struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))
    )
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100))
    with pytest.raises(ImageTropGrande, match="millions"):
        reencode(io.BytesIO(bomb), PNG)


@pytest.mark.parametrize("cut", [20, 200])
def test_a_broken_image_says_so(cut: int) -> None:
    with pytest.raises(FichierAbime):
        reencode(io.BytesIO(photo("PNG", size=(300, 300))[:cut]), PNG)


def test_only_the_decoder_of_its_kind() -> None:
    with pytest.raises(FichierAbime):
        reencode(io.BytesIO(photo("TIFF")), PNG)


def test_a_preview_is_a_small_jpeg() -> None:
    flux = io.BytesIO()
    Image.new("RGBA", (3000, 1000), (0, 0, 255, 0)).save(flux, "PNG")
    small = Image.open(io.BytesIO(make_preview(flux, PNG)))
    assert (small.format, small.size) == ("JPEG", (1600, 533))
    assert small.getpixel((5, 5)) == (255, 255, 255)


def heic(order: str) -> tuple[bytes, bytes]:
    """A HEIC as far as its EXIF goes, and the points that must not change."""
    exif = Image.Exif()
    exif.endian = order
    exif[0x010F] = "Fabricant-de-Secrets"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.85, 51.0, 24.0), 3: "E", 4: (2.35, 21.0, 7.0), 29: "2026:11:22"})
    points = bytes(range(256)) * 8
    xmp = b"<x:xmpmeta><exif:GPSLatitude>48,51.4N</exif:GPSLatitude></x:xmpmeta>"
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + exif.tobytes() + xmp + points, points


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_heic_loses_its_place_in_place(order: str) -> None:
    before, points = heic(order)
    after = erase_metadata(io.BytesIO(before))
    assert len(after) == len(before)
    assert after.endswith(points)
    for secret in (b"Fabricant-de-Secrets", b"2026:11:22", b"48,51.4N"):
        assert secret in before
        assert secret not in after
    rest = Image.Exif()
    rest.load(after[after.index(b"Exif\0\0") : -len(points)])
    assert not rest.get_ifd(0x8825)


@given(st.binary(max_size=300))
def test_a_broken_block_breaks_nothing(junk: bytes) -> None:
    for head in (b"Exif\0\0II*\0", b"Exif\0\0MM\0*"):
        assert len(erase_metadata(io.BytesIO(b"avant" + head + junk))) == len(b"avant" + head + junk)
