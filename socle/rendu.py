"""Small pieces of HTML written from Python: attributes and icons of the components."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

SPRITE = "vendor/icones/icones.svg"
LISTE = Path(__file__).resolve().parent.parent / "static" / "vendor" / "icones" / "liste.txt"


class IconeInconnue(LookupError):
    """The icon is not in the sprite: add its name to static/vendor/icones/liste.txt and run outils/vendorer.py."""


@cache
def known_icons() -> frozenset[str]:
    """Return the names drawn in the sprite."""
    return frozenset(line.strip() for line in LISTE.read_text().splitlines() if line and not line.startswith("#"))


def icon_svg(nom: str, *, libelle: str = "", classe: str = "") -> SafeString:
    """Return the SVG that shows one symbol of the sprite. Raises IconeInconnue while developing and testing."""
    if nom not in known_icons() and (settings.DEBUG or settings.TEMPLATES[0]["OPTIONS"].get("debug")):
        raise IconeInconnue(nom)
    voice = format_html('role="img" aria-label="{}"', libelle) if libelle else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="icone{}" width="16" height="16" {}><use href="{}#{}"></use></svg>',
        f" {classe}" if classe else "", voice, static(SPRITE), nom,
    )  # fmt: skip


def write_attributs(attributs: Mapping[str, Any]) -> SafeString:
    """Return ` hx-post="/x/" disabled`: underscores become hyphens, True is bare, False, None and "" are left out."""
    kept = [(name.replace("_", "-"), value) for name, value in attributs.items() if value not in (None, False, "")]
    bare = format_html_join("", " {}", ((name,) for name, value in kept if value is True))
    return bare + format_html_join("", ' {}="{}"', ((name, value) for name, value in kept if value is not True))


def draw(nom: str, content: str, attributs: Mapping[str, Any], **context: Any) -> SafeString:
    """Render composants/<nom>.html around a content already rendered."""
    context |= {"contenu": SafeString(content), "attributs": write_attributs(attributs)}
    return render_to_string(f"composants/{nom}.html", context)
