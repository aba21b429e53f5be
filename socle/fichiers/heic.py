"""HEIC images: no decoder here, so what a phone hides in them is erased in place, byte for byte.

The orientation of a HEIC is a property of the image (`irot`, ISO/IEC 23008-12), not of its EXIF: nothing visible
changes. Lengths stay as they were, so every offset of the file still holds.
"""

import re
import struct
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

_TIFF = re.compile(rb"Exif\x00\x00(?=II\x2a\x00|MM\x00\x2a)")
_XMP = re.compile(rb"<x:xmpmeta.*?</x:xmpmeta>", re.DOTALL)
_TAILLES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}  # bytes a value, by type
_SOUS_IFD = frozenset({0x8769, 0x8825, 0xA005})  # EXIF, GPS, interoperability
_APERCU, _APERCU_TAILLE = 0x0201, 0x0202  # the little image, which may carry its own secrets
_IFD_MAX = 16  # tables of one block: a loop of offsets ends
_ENTREES_MAX = 1000
_BLOCS_MAX = 8


def erase_metadata(flux: BinaryIO) -> bytes:
    """Return the image with its EXIF (place, date, device) and its XMP blanked."""
    flux.seek(0)
    content = bytearray(flux.read())
    for found in islice(_TIFF.finditer(bytes(content)), _BLOCS_MAX):
        for start, length in list(_list_values(content, found.end())):
            content[start : start + length] = bytes(max(0, min(length, len(content) - start)))
    for found in _XMP.finditer(bytes(content)):
        content[found.start() : found.end()] = b" " * (found.end() - found.start())
    return bytes(content)


def _list_values(content: bytearray, base: int) -> Iterator[tuple[int, int]]:
    """Yield (offset, length) of every table and every value of a TIFF block (TIFF 6.0, section 2)."""
    order = "<" if content[base : base + 2] == b"II" else ">"
    waiting = [_read(content, f"{order}L", base + 4)]
    for _ in range(_IFD_MAX):
        if not waiting:
            return
        ifd = base + waiting.pop()
        count = min(_read(content, f"{order}H", ifd), _ENTREES_MAX)
        entries = [_read_entry(content, order, ifd + 2 + 12 * rank) for rank in range(count)]
        waiting += [value for tag, _, value in entries if tag in _SOUS_IFD]
        waiting += [each for each in (_read(content, f"{order}L", ifd + 2 + 12 * count),) if each]
        yield from ((base + value, size) for _, size, value in entries if size > 4)
        preview = {tag: value for tag, _, value in entries if tag in {_APERCU, _APERCU_TAILLE}}
        if len(preview) == 2:
            yield base + preview[_APERCU], preview[_APERCU_TAILLE]
        yield ifd, 2 + 12 * count + 4


def _read_entry(content: bytearray, order: str, place: int) -> tuple[int, int, int]:
    """Return (tag, bytes of its value, the value itself or where it is)."""
    tag, kind = _read(content, f"{order}H", place), _read(content, f"{order}H", place + 2)
    count = _read(content, f"{order}L", place + 4)
    return tag, _TAILLES.get(kind, 1) * count, _read(content, f"{order}L", place + 8)


def _read(content: bytearray, shape: str, place: int) -> int:
    """Return a number, 0 beyond the end: a broken block erases nothing more."""
    if place < 0 or place + struct.calcsize(shape) > len(content):
        return 0
    return int(struct.unpack_from(shape, content, place)[0])
