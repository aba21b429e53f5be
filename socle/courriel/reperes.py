"""Marks that clients leave in a page around what they quote, carried into its text as private-use characters.

A page sent without text part is read as text; its classes and identifiers, which the allow-list drops, say where the
quotation begins better than its words do. Outlook prefixes them with « x_ » when it quotes them.
"""

import re

CITATION = "\ue0f0"  # all that follows is the earlier message
ATTRIBUTION = "\ue0f1"  # the next line is « … a écrit : »
CITES = "\ue0f2"  # the indented lines that follow are a quotation
SIGNATURE = "\ue0f3"
TOUS = CITATION + ATTRIBUTION + CITES + SIGNATURE

_ETIQUETTE = re.compile(r"<(?:div|blockquote|span|p|hr|section|table)\b[^<>]{3,2000}>", re.IGNORECASE)
_NOM = r"""\b(?:class|id)\s*=\s*["']?(?:[^"'<>]{0,200}\s)?(?:x_|ydp\w{1,12})*"""
_FIN = r"""(?=["'\s>/]|$)"""
_REPERES = (
    (
        CITATION,
        _NOM + r"(?:divRplyFwdMsg|appendonsend|OLK_SRC_BODY_SECTION|ms-outlook-mobile-reference-message"
        r"|mail-editor-reference-message-container|OutlookMessageHeader|yahoo_quoted|zmail_extra|protonmail_quote"
        r"|tutanota_quote|zwchr)" + _FIN + r"|data-marker\s*=\s*[\"']?__(?:DIVIDER|HEADERS)__",
    ),
    (ATTRIBUTION, _NOM + r"(?:gmail_attr|moz-cite-prefix|reply-intro)" + _FIN),
    (
        CITES,
        _NOM
        + r"(?:gmail_quote|gmail_quote_container)"
        + _FIN
        + r"|^<blockquote\b[^>]*\b(?:type\s*=\s*[\"']?cite|cite\s*=)",
    ),
    (
        SIGNATURE,
        _NOM + r"(?:gmail_signature|moz-signature|Signature|ms-outlook-mobile-signature|AppleMailSignature"
        r"|protonmail_signature_block)" + _FIN,
    ),
)
_LUS = tuple((repere, re.compile(motif, re.IGNORECASE)) for repere, motif in _REPERES)


def mark(page: str) -> str:
    """Return the page with a line holding a mark before each element a client made for a quotation or a signature."""
    return _ETIQUETTE.sub(_with_mark, unmark(page))


def unmark(texte: str) -> str:
    """Return a text without our marks: a sender cannot write them."""
    return re.sub(f"[{TOUS}]", "", texte)


def _with_mark(etiquette: re.Match[str]) -> str:
    balise = etiquette.group()
    repere = next((repere for repere, motif in _LUS if motif.search(balise)), "")
    return f"<div>{repere}</div>{balise}" if repere else balise
