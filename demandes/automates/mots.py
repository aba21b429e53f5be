"""Does a text speak of something? Whole words, whatever the case, the accents and the plural."""

import re

from socle.texte import normalise

MOTS_MAX, MOT_MAX = 60, 80
_SEPARATEURS = re.compile(r"[,;\n]+")


def split_mots(saisie: str) -> list[str]:
    """Return the words or groups of words typed, separated by commas or lines, each once, in order."""
    said = [" ".join(each.split()) for each in _SEPARATEURS.split(saisie)]
    return list(dict.fromkeys(each for each in said if each))


def speaks_of(texte: str, mot: str) -> bool:
    """True when `mot` is in `texte`, at a word's beginning and end; « lampadair* » leaves the end open."""
    return _matches(f" {normalise(texte)} ", mot)


def list_spoken(texte: str, mots: list[str]) -> list[str]:
    """Return those of `mots` that the text holds."""
    bare = f" {normalise(texte)} "
    return [mot for mot in mots if _matches(bare, mot)]


def _matches(bare: str, mot: str) -> bool:
    wanted = normalise(mot)
    if not wanted:
        return False
    if mot.rstrip().endswith("*"):
        return f" {wanted}" in bare
    return any(f" {wanted}{plural} " in bare for plural in ("", "s", "x"))
