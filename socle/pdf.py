"""Letters and reports in tagged PDF: the one module that knows WeasyPrint, which needs libraries of the system.

PDF/UA-1 (ISO 14289-1), as RGAA 13.3 asks of documents to download. Nothing is fetched from the network: only files
under `base_url`, and what the HTML holds itself.
"""

from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from django.core.checks import CheckMessage, Warning, register  # noqa: A004 the name is Django's

PAQUETS = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
ABSENT = f"Les PDF ne sont pas disponibles\u00a0: installez les paquets Debian {PAQUETS}, le reste fonctionne."


class PdfIndisponible(RuntimeError):
    """A library of the system is missing; the message says which packages to install."""

    def __init__(self) -> None:
        super().__init__(ABSENT)


@cache
def _load() -> ModuleType | None:
    """Import WeasyPrint at the first need (it takes half a second); None when pango is missing."""
    try:
        import weasyprint  # noqa: PLC0415
    except OSError:
        return None
    return cast("ModuleType", weasyprint)


def pdf_disponible() -> bool:
    """True when this machine can draw a PDF."""
    return _load() is not None


def render_pdf(html: str, *, base_url: Path) -> bytes:
    """Draw a whole HTML document (with `lang` and `<title>`) as PDF/UA-1. `base_url` is the folder of its resources.

    Raises PdfIndisponible; a resource elsewhere than under `base_url` is left out.
    """
    weasyprint = _load()
    if weasyprint is None:
        raise PdfIndisponible
    document = weasyprint.HTML(string=html, base_url=f"{base_url}/", url_fetcher=_build_fetcher(weasyprint, base_url))
    return cast("bytes", document.write_pdf(pdf_variant="pdf/ua-1"))


def _build_fetcher(weasyprint: ModuleType, root: Path) -> Any:
    """Read under `root` and inline data only: a letter never calls a server nor shows a private file."""
    inside = f"{root.resolve().as_uri()}/"

    fetcher: Any = weasyprint.urls.URLFetcher

    class SousLaRacine(fetcher):  # type: ignore[misc]  # imported at the first need
        def fetch(self, url: str, headers: Any = None) -> Any:
            if not url.startswith(("data:", inside)) or "/.." in url or "%" in url:
                raise ValueError("Ressource hors du dossier du document.")
            return super().fetch(url, headers)

    return SousLaRacine(allowed_protocols={"data", "file"})


@register(deploy=True)
def check_pdf(**_: Any) -> list[CheckMessage]:
    """`manage.py check --deploy` says what to install."""
    return [] if pdf_disponible() else [Warning(ABSENT, id="GUI.W001")]
