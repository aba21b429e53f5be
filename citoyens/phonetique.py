"""How a French surname sounds: dupont, dupond and dupon have one key; so do thibault and tibo.

The SQL function `citoyens_clef` (migration 0005) applies the same rules in the same order; a test holds them together.
Each rule is understood alike by Python and PostgreSQL: the longest alternative first, no lazy repetition.
Capital letters are sounds that several spellings make: C is « ch », A, I and O are the nasal vowels.
"""

import re

REGLES: tuple[tuple[str, str], ...] = (
    (r"[^a-z]+", ""),
    (r"ph", "f"),
    (r"sch|sh", "ch"),
    (r"ch([rl])", r"k\1"),  # christian
    (r"ch", "C"),
    (r"h", ""),
    (r"y", "i"),
    (r"w", "v"),
    (r"bv", "v"),  # lefebvre
    (r"(eau|au)(lt|ld|ts|ds|t|d|x|s)?$", "o"),  # thibault, renaud, rousseaux
    (r"eau|au", "o"),
    (r"ou", "u"),
    (r"qu|ck|q", "k"),
    (r"c([eiI])", r"s\1"),
    (r"c", "k"),
    (r"gu([ei])", r"G\1"),
    (r"g([ei])", r"j\1"),
    (r"G", "g"),
    (r"(ain|ein|aim|eim|in|im|un|um)($|[^aeiounm])", r"I\2"),
    (r"(en|em|an|am)($|[^aeiounm])", r"A\2"),
    (r"(on|om)($|[^aeiounm])", r"O\2"),
    (r"oeu|oe|eu", "e"),
    (r"ai|ei", "e"),
    (r"[xz]", "s"),
    (r"([a-zA-Z])\1+", r"\1"),
    (r"([a-zA-Z][^e])[tdspk]+$", r"\1"),  # dupont, dumas, leclerc
    (r"([a-zA-Z]{2})(er|et|ee|es)$", r"\1e"),
    (r"([a-zA-Z][^aeiou])e$", r"\1"),
)
_COMPILED = [(re.compile(pattern), replacement) for pattern, replacement in REGLES]


def sound(word: str) -> str:
    """Return the phonetic key of one normalised word; a word with no sound of ours (digits) is its own key."""
    key = word
    for pattern, replacement in _COMPILED:
        key = pattern.sub(replacement, key)
    return key or word
