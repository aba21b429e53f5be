"""Files of every kind, made here: real ones for what is taken, hostile ones for what is not."""

import io
import struct
import zipfile
from collections.abc import Mapping

from PIL import Image

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
EXE = b"MZ\x90\0\x03\0\0\0" + b"\0" * 200 + b"This program cannot be run in DOS mode"
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/{part}" ContentType="application/{main}"/></Types>'
)
OOXML = {
    "docx": ("word/document.xml", "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", "vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"),
}
ODF = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}


def pack(files: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of these files."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", method) as archive:
        for nom, content in files.items():
            archive.writestr(nom, content)
    return output.getvalue()


def ooxml(kind: str, **more: bytes) -> bytes:
    part, main = OOXML[kind]
    return pack({"[Content_Types].xml": _TYPES.format(part=part, main=main).encode(), part: b"<x/>"} | more)


def macro_docx() -> bytes:
    part = "word/document.xml"
    types = _TYPES.format(part=part, main="vnd.ms-word.document.macroEnabled.main+xml").encode()
    return pack({"[Content_Types].xml": types, part: b"<x/>", "word/vbaProject.bin": OLE})


def odf(kind: str, manifest: bytes = b"<manifest/>", **more: bytes) -> bytes:
    mime = f"application/vnd.oasis.opendocument.{ODF[kind]}".encode()
    return pack({"mimetype": mime, "META-INF/manifest.xml": manifest, "content.xml": b"<x/>"} | more)


def ole(*streams: str) -> bytes:
    """An old Office document, as far as its directory goes."""
    return OLE + b"".join(each.encode("utf-16-le").ljust(128, b"\0") for each in streams)


def encrypted_zip() -> bytes:
    """A ZIP whose only file says that it is encrypted (bit 0 of its flags, APPNOTE 4.4.4)."""
    content = bytearray(pack({"secret.txt": b"bonjour"}, method=zipfile.ZIP_STORED))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    return bytes(content)


def flat_bomb() -> bytes:
    """300 MB of zeros in 300 kB."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("zeros.txt", "w") as inner:
        for _ in range(300):
            inner.write(b"0" * 2**20)
    return output.getvalue()


def nested_bomb() -> bytes:
    """A ZIP in a ZIP in a ZIP…"""
    content = pack({"zeros.txt": b"0" * 2**20})
    for _ in range(5):
        content = pack({f"{rank}.zip": content for rank in range(3)})
    return content


def overlapped_bomb() -> bytes:
    """One compressed block that the directory lists fifty times (« A better zip bomb », Fifield, 2019)."""
    content = pack({"zeros.txt": b"0" * 2**20})
    start, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    entry, tail = content[start:end], bytearray(content[end:])
    struct.pack_into("<HHL", tail, 8, 50, 50, 50 * len(entry))
    return content[:start] + entry * 50 + bytes(tail)


def crowded_zip() -> bytes:
    """Thirty thousand empty files: the directory alone is the attack."""
    return pack({f"dossier/{rank}.txt": b"" for rank in range(30_000)}, method=zipfile.ZIP_STORED)


def photo(kind: str = "JPEG", *, size: tuple[int, int] = (60, 40), orientation: int = 6, mode: str = "RGB") -> bytes:
    """An image with what phones hide in it: where (Aurelle's town hall), when, with what; lying on its side."""
    image = Image.new(mode, size)
    for x in range(size[0] // 2):
        for y in range(size[1]):
            image.putpixel((x, y), (255, 0, 0) if mode == "RGB" else 200)
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Fabricant-de-Secrets"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 24.0), 3: "E", 4: (2.0, 21.0, 7.0)})
    output = io.BytesIO()
    options = {} if kind == "GIF" else {"exif": exif}
    image.save(output, kind, **options)
    return output.getvalue()
