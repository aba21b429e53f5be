"""Normal forms of texts, the same in Python as in the SQL functions of `citoyens`."""

import re
import unicodedata

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MARKS = re.compile(r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")  # accents, once apart
_BLANKS = re.compile(r"[^\S\u00a0\u202f]+")  # the no-break spaces of French stay
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l"})


def normalise(text: str) -> str:
    """Return lower-case ASCII words separated by one space: « Élodie N'Guyen-Œuf » → « elodie n guyen oeuf »."""
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    return _NOT_WORD.sub(" ", bare.lower().translate(_LIGATURES)).strip()


def clean(text: str) -> str:
    """Return a text PostgreSQL can store: no NUL, no other control character, no lone surrogate."""
    return _CONTROL.sub("", text).encode("utf-8", "replace").decode("utf-8")


def truncate(text: str, length: int) -> str:
    """Cut at `length` characters, on a word when one is near, with an ellipsis."""
    flat = _BLANKS.sub(" ", text).strip()
    if len(flat) <= length:
        return flat
    head = flat[: length - 1]
    return head.rsplit(" ", 1)[0].rstrip(",;:.") + "…" if " " in head[length // 2 :] else head + "…"
