"""HTML bodies: what may be shown to an agent, and what may be read as text.

No image, style, script, form or remote resource survives (allow-list by nh3); links open without referrer.
"""

import re
from html import unescape

import nh3

from socle.courriel.jeux import clean

TAILLE_MAX = 2_000_000  # characters; beyond, the page stays an attachment
_PROFONDEUR_MAX = 400  # open elements; the parser's cost grows with depth × number of tags
_COUT_MAX = 5_000_000  # depth × tags; a long thread of newsletters stays below 1 million
_COUT_STYLES_MAX = 300_000  # the same for unclosed styles, which the parser opens again in each block
_BALISES = {
    "a", "abbr", "b", "blockquote", "br", "cite", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3",
    "h4", "h5", "h6", "hr", "i", "ins", "li", "ol", "p", "pre", "q", "s", "small", "span", "strike", "strong", "sub",
    "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTS = {"a": {"href", "title"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}, "ol": {"start"}}
_VIDES = {"script", "style", "title", "template", "noscript", "iframe", "object", "svg", "math", "select", "textarea"}
_STYLES = {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
_NON_COMPTES = {
    "area", "base", "body", "br", "col", "dd", "dt", "head", "hr", "html", "img", "input", "li", "link", "meta",
    "option", "p", "source", "tbody", "td", "th", "thead", "tr", "wbr",
}  # fmt: skip
_ETIQUETTE = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:]{0,20})[^<>]{0,20000}(/?)>?")
_JEU_META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,40})", re.IGNORECASE)
_ESPACES = re.compile(r"[ \t\r\n\f]+")
_SAUT = re.compile(r"<(?:br|/p|/div|/tr|/h[1-6]|/ul|/ol|/table|/pre|/blockquote|hr)\b[^>]*>", re.IGNORECASE)
_PUCE = re.compile(r"<li\b[^>]*>", re.IGNORECASE)
_CELLULE = re.compile(r"</t[dh]>\s*(?=<t[dh])", re.IGNORECASE)
_PARAGRAPHE = re.compile(r"</p>", re.IGNORECASE)
_LIEN = re.compile(r"<a href=\"([^\"]{1,2000})\"[^>]*>([^<]{0,2000})</a>")
_BALISE = re.compile(r"<[^<>]*>")


def declared_charset(octets: bytes) -> str | None:
    """Return the character set a page declares in its first 2 kB, None when it does not."""
    trouve = _JEU_META.search(octets[:2048])
    return trouve.group(1).decode("ascii") if trouve else None


def sanitise(page: str) -> str | None:
    """Return the page reduced to the allow-list, None when it is empty or too costly to be parsed (`is_bounded`)."""
    if not page.strip() or not is_bounded(page):
        return None
    propre = nh3.clean(
        page,
        tags=_BALISES,
        attributes=_ATTRIBUTS,
        clean_content_tags=_VIDES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
    return clean(propre).strip() or None


def is_bounded(page: str) -> bool:
    """Tell whether a page can be parsed in bounded time: HTML parsers are quadratic on nesting made for it."""
    if len(page) > TAILLE_MAX:
        return False
    ouvertes, styles, ouvertes_max, styles_max, total = 0, 0, 0, 0, 0
    for fin, nom_lu, vide in _ETIQUETTE.findall(page):
        nom = nom_lu.lower()
        total += 1
        if vide or nom in _NON_COMPTES:
            continue
        pas = -1 if fin else 1
        if nom in _STYLES:
            styles = max(0, styles + pas)
            styles_max = max(styles_max, styles)
        else:
            ouvertes = max(0, ouvertes + pas)
            ouvertes_max = max(ouvertes_max, ouvertes)
    profond = ouvertes_max + styles_max
    return profond <= _PROFONDEUR_MAX and profond * total <= _COUT_MAX and styles_max * total <= _COUT_STYLES_MAX


def raw_text(page: str) -> str:
    """Return the text of a page that cannot be parsed, scripts and styles left out; plain text, to be escaped."""
    gardes: list[str] = []
    muet = ""
    for morceau in re.split(r"(<[^<>]*>)", page[:TAILLE_MAX]):
        etiquette = _ETIQUETTE.match(morceau)
        if etiquette and etiquette.group(2).lower() in ("script", "style"):
            muet = "" if etiquette.group(1) else etiquette.group(2).lower()
        elif etiquette:
            gardes.append("\n")
        elif not muet:
            gardes.append(unescape(morceau))
    return clean(re.sub(r"\s*\n\s*", "\n", "".join(gardes))).strip()


def to_text(page: str) -> str:
    """Return the text of a **sanitised** page: one line per block, « - » before list items, quotes as « > » lines."""
    page = _ESPACES.sub(" ", page)
    lignes: list[str] = []
    niveau = 0
    for morceau in re.split(r"(</?blockquote[^>]*>)", page):
        if morceau.startswith("<blockquote"):
            niveau += 1
        elif morceau.startswith("</blockquote"):
            niveau = max(0, niveau - 1)
        else:
            prefixe = "> " * min(niveau, 5)
            lignes += [prefixe + ligne for ligne in _lines(morceau)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lignes)).strip("\n")


def _lines(morceau: str) -> list[str]:
    morceau = _LIEN.sub(_show_link, morceau)
    morceau = _CELLULE.sub("\t", morceau)
    morceau = _PUCE.sub("\n- ", morceau)
    morceau = _PARAGRAPHE.sub("\n\n", morceau)
    morceau = _SAUT.sub("\n", morceau)
    texte = unescape(_BALISE.sub("", morceau))
    lignes = [ligne.strip() for ligne in texte.split("\n")]
    while lignes and not lignes[0]:
        lignes.pop(0)
    return lignes


def _show_link(lien: re.Match[str]) -> str:
    """A link keeps its address unless its text already says it."""
    adresse, texte = lien.group(1), lien.group(2).strip()
    nue = re.sub(r"^(?:mailto:|tel:|https?://)", "", adresse).rstrip("/")
    if not texte:
        return ""
    return texte if nue in texte or adresse.startswith("tel:") else f"{texte} ({adresse})"
