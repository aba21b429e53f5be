"""Cutting a batch of scans into letters: pure work on bytes, no database.

A separator page starts the next letter and belongs to none; the blank back of a separator scanned on both sides is
dropped with it. A batch without separator is one letter. Pages of a letter are never re-encoded: they are copied.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pypdfium2
from PIL import Image, ImageStat, UnidentifiedImageError

from demandes.arrivees.separateurs import is_separator

PAGES_MAX = 1_000
ECHELLE = 1.4  # about 100 dots an inch: enough for the code of a whole page, quick enough for hundreds
COTE_MAX = 2_000  # pixels: a page that says it is as large as a house is not drawn at that size
_BLANC = 2.0  # standard deviation of grey (0–255) under which a page holds nothing


class LotIllisible(ValueError):
    """The batch can't be cut; the message says why, for the agent who uploaded it."""


@dataclass(frozen=True)
class Courrier:
    """One letter of a batch: its pages as a PDF, how many, from which page of the batch (1 is the first)."""

    pdf: bytes
    pages: int
    premiere: int


def split_lot(contenu: bytes, *, nom: str, progress: Callable[[int, int], None]) -> list[Courrier]:
    """Cut a PDF or TIFF batch. `progress(done, total)` is called page after page. Raises LotIllisible."""
    document = _open(contenu, nom)
    try:
        total = len(document)
        if not 0 < total <= PAGES_MAX:
            raise LotIllisible(f"Ce lot a {total} pages\u00a0: {PAGES_MAX} au plus.")
        letters = list(_group(document, total, progress))
        return [_extract(document, pages) for pages in letters]
    finally:
        document.close()


def _open(contenu: bytes, nom: str) -> pypdfium2.PdfDocument:
    """Open a PDF; a TIFF of several pages becomes one."""
    data = contenu if contenu.startswith(b"%PDF-") else _convert(contenu, nom)
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        protege = "password" in str(error).lower()
        why = "il est protégé par un mot de passe" if protege else "le fichier est abîmé"
        raise LotIllisible(f"«\u00a0{nom}\u00a0» ne peut pas être lu\u00a0: {why}.") from error


def _convert(contenu: bytes, nom: str) -> bytes:
    try:
        with Image.open(io.BytesIO(contenu)) as image:
            frames = []
            for rank in range(min(getattr(image, "n_frames", 1), PAGES_MAX + 1)):
                image.seek(rank)
                frames.append(image.convert("RGB"))
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise LotIllisible(f"«\u00a0{nom}\u00a0» n'est ni un PDF ni une image lisible.") from error
    target = io.BytesIO()
    frames[0].save(target, format="PDF", save_all=True, append_images=frames[1:], resolution=200.0)
    return target.getvalue()


def _group(document: pypdfium2.PdfDocument, total: int, progress: Callable[[int, int], None]) -> Iterator[list[int]]:
    """Yield the pages of each letter (0 is the first of the batch)."""
    held: list[int] = []
    after_separator = False
    for rank in range(total):
        page = document[rank]
        image = page.render(scale=_fit(page, ECHELLE), grayscale=True).to_pil()
        if is_separator(image):
            if held:
                yield held
            held, after_separator = [], True
        elif not (after_separator and _is_blank(image)):
            held.append(rank)
            after_separator = False
        else:
            after_separator = False
        progress(rank + 1, total)
    if held:
        yield held


def _fit(page: pypdfium2.PdfPage, scale: float) -> float:
    """Return the scale, lowered for a page too large to be drawn at it."""
    return float(min(scale, COTE_MAX / max(*page.get_size(), 1)))


def _is_blank(image: Image.Image) -> bool:
    """True for the empty back of a page."""
    return max(ImageStat.Stat(image.convert("L")).stddev) < _BLANC


def _extract(document: pypdfium2.PdfDocument, pages: list[int]) -> Courrier:
    letter = pypdfium2.PdfDocument.new()
    try:
        letter.import_pages(document, pages)
        target = io.BytesIO()
        letter.save(target)
    finally:
        letter.close()
    return Courrier(target.getvalue(), len(pages), pages[0] + 1)


def render_page(contenu: bytes, *, rang: int, largeur: int = 900) -> bytes:
    """Return page `rang` (1 is the first) of a PDF as a PNG `largeur` pixels wide. Raises LotIllisible."""
    document = _open(contenu, "document")
    try:
        if not 1 <= rang <= len(document):
            raise LotIllisible("Cette page n'existe pas.")
        page = document[rang - 1]
        image = page.render(scale=_fit(page, largeur / max(page.get_width(), 1))).to_pil()
    finally:
        document.close()
    target = io.BytesIO()
    image.save(target, format="PNG", optimize=False)
    return target.getvalue()
