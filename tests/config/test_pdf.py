"""The letter: tagged, deaf to the network, and a clear word when a library is missing."""

import http.server
import re
import sys
import threading
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from socle import pdf

DOSSIER = Path(__file__).resolve().parent.parent / "donnees" / "documents"


@pytest.fixture
def lettre() -> str:
    return (DOSSIER / "essai.html").read_text()


@pytest.fixture
def sans_weasyprint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine without pango: importing WeasyPrint raises OSError."""
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango')")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    pdf._load.cache_clear()
    yield
    pdf._load.cache_clear()


def inflate(drawn: bytes) -> bytes:
    """The file with its compressed streams (objects, metadata) opened."""
    parts = [drawn]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", drawn, re.DOTALL):
        with suppress(zlib.error):
            parts.append(zlib.decompress(stream))
    return b"\n".join(parts)


@pytest.mark.lent
def test_a_letter_is_tagged_titled_and_in_french(lettre: str) -> None:
    drawn = pdf.render_pdf(lettre.replace("{{ ailleurs }}", "data:,"), base_url=DOSSIER)
    assert drawn.startswith(b"%PDF-")
    for sign in (b"/StructTreeRoot", b"/Lang (fr)", b"/DisplayDocTitle true", b"pdfuaid:part"):
        assert sign in inflate(drawn), sign


@pytest.mark.lent
def test_a_letter_asks_nothing_of_the_network_nor_of_private_files(lettre: str) -> None:
    asked: list[str] = []

    class Oreille(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None: ...

    with http.server.HTTPServer(("127.0.0.1", 0), Oreille) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        drawn = pdf.render_pdf(
            lettre.replace("{{ ailleurs }}", f"http://127.0.0.1:{server.server_port}/x.png"), base_url=DOSSIER
        )
        server.shutdown()
    assert drawn.startswith(b"%PDF-")
    assert asked == []


@pytest.mark.parametrize(
    "url",
    ["file:///etc/hostname", "http://127.0.0.1/", f"{DOSSIER.as_uri()}/../secret", f"{DOSSIER.as_uri()}/%2e%2e/x"],
)
def test_what_is_outside_the_folder_is_refused(url: str) -> None:
    weasyprint = pdf._load()
    assert weasyprint is not None
    fetcher = pdf._build_fetcher(weasyprint, DOSSIER)
    assert fetcher.fetch(f"{DOSSIER.as_uri()}/logo.svg").read().startswith(b"<svg")
    with pytest.raises(ValueError, match="hors du dossier"):
        fetcher.fetch(url)


def test_a_machine_without_pango_says_what_to_install(sans_weasyprint: None, lettre: str) -> None:
    assert not pdf.pdf_disponible()
    with pytest.raises(pdf.PdfIndisponible, match=r"libpango-1\.0-0"):
        pdf.render_pdf(lettre, base_url=DOSSIER)
    (warning,) = pdf.check_pdf()
    assert warning.id == "GUI.W001"
    assert "libpangoft2-1.0-0" in str(warning.msg)


def test_a_machine_with_pango_has_nothing_to_say() -> None:
    assert pdf.pdf_disponible()
    assert pdf.check_pdf() == []
