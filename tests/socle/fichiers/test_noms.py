"""Names of files: safe to show, to store, to send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socle.fichiers.noms import LONGUEUR, clean_name, fit_extension, read_extension


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Léa\\facture.pdf", "facture.pdf"),
        ("fac\u202efdp.exe", "facfdp.exe"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("  a   b .pdf. ", "a b .pdf"),
        ('a"b\r\nc.pdf', "abc.pdf"),
        ("", "fichier"),
        ("...", "fichier"),
        ("CON.pdf", "fichier-CON.pdf"),
    ],
)
def test_clean(typed: str, clean: str) -> None:
    assert clean_name(typed) == clean


@given(st.text(max_size=400))
def test_any_name_becomes_a_short_one_that_stays(typed: str) -> None:
    clean = clean_name(typed)
    assert 0 < len(clean) <= LONGUEUR
    assert not set(clean) & set('/\\\r\n\0"<>')
    assert clean_name(clean) == clean


def test_an_extension_the_content_deserves() -> None:
    assert fit_extension("photo.jpg", ("png",)) == "photo.png"
    assert fit_extension("devis v2.1", ("pdf",)) == "devis v2.pdf"
    assert fit_extension("scan.JPEG", ("jpg", "jpeg")) == "scan.JPEG"
    assert read_extension(".htaccess") == ""
