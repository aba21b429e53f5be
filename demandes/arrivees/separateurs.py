"""Separator pages between scanned letters: drawn once, printed many times, recognised by their code."""

import base64
from pathlib import Path
from typing import Any

import zxingcpp
from django.template.loader import render_to_string
from PIL import Image

from socle.pdf import render_pdf

MARQUE = "GUICHET-SEPARATEUR"  # what the code says; the same in every town and every year, so that paper lasts


def draw_page(*, base_url: Path, collectivite: str) -> bytes:
    """Return the separator page, a PDF of one page to print as often as needed. Raises PdfIndisponible."""
    code = zxingcpp.create_barcode(MARQUE, zxingcpp.BarcodeFormat.QRCode, ec_level="H")
    svg = str(code.to_svg())
    image = f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
    html = render_to_string("lettres/separateur.html", {"image": image, "collectivite": collectivite})
    return render_pdf(html, base_url=base_url)


def draw_code(*, taille: int) -> Image.Image:
    """Return the code alone, a grey picture of `taille` pixels a side."""
    code = zxingcpp.create_barcode(MARQUE, zxingcpp.BarcodeFormat.QRCode, ec_level="H").to_image(scale=12)
    return Image.fromarray(code).resize((taille, taille))


def is_separator(image: Any) -> bool:
    """True when the picture of a page (PIL, any orientation) carries our code."""
    found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]))
    return any(each.text == MARQUE for each in found)
