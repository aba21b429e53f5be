"""File names: what a sender typed, made safe to show, to store in a column and to hand to a browser."""

import re
import unicodedata

LONGUEUR = 120  # characters, the extension included
EXTENSION = 10
# Control signs, the marks that turn the reading direction (to hide an extension), what Windows forbids.
_INTERDITS = re.compile(r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff<>:"|?*]')
_RESERVES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


def clean_name(nom: str, *, defaut: str = "fichier") -> str:
    """Return the last part of a path, composed (NFC), without control or direction marks, 120 characters at most."""
    text = unicodedata.normalize("NFC", nom.encode("utf-8", "ignore").decode())
    text = _INTERDITS.sub("", re.split(r"[/\\]", text)[-1])
    text = " ".join(text.split()).strip(" .")
    if not text or _RESERVES.fullmatch(text):
        text = f"{defaut}-{text}".strip("-")
    stem, dot, extension = text.rpartition(".")
    if dot and 0 < len(extension) <= EXTENSION:
        return f"{stem[: LONGUEUR - len(extension) - 1]}.{extension}"
    return text[:LONGUEUR]


def read_extension(nom: str) -> str:
    """Return the extension in lower case, without its dot; "" when there is none."""
    stem, dot, extension = nom.strip().rstrip(".").rpartition(".")
    return extension.lower() if dot and stem else ""


def fit_extension(nom: str, extensions: tuple[str, ...]) -> str:
    """Return the name with an extension its content deserves: « photo.jpg » that is a PNG becomes « photo.png »."""
    given = read_extension(nom)
    if given in extensions:
        return nom
    stem = nom[: -len(given) - 1] if 0 < len(given) <= EXTENSION and given.isascii() and given.isalnum() else nom
    return f"{stem[: LONGUEUR - EXTENSION]}.{extensions[0]}"
