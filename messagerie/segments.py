"""How many SMS a text costs: GSM 03.38 (seven bits) or UCS-2, and the cheap spelling of French.

Sources: 3GPP TS 23.038 (alphabets), TS 23.040 §9.2.3.24.1 (six bytes of each part link the parts of a long message).
The same rule runs in the browser, static/js/compteur_sms.js; both are held by tests/messagerie/segments.json.
"""

import unicodedata
from dataclasses import dataclass

BASE = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")  # an escape and a sign: two units that never part
GSM_SEUL, GSM_SUITE = 160, 153
UCS2_SEUL, UCS2_SUITE = 70, 67
BMP = 0xFFFF

_SIMPLE = {
    "’": "'", "‘": "'", "ʼ": "'", "«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "‑": "-",
    "−": "-", "…": "...", "œ": "oe", "Œ": "OE", "ç": "c", "°": "o", "•": "-", "·": ".", "×": "x", "²": "2", "³": "3",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u200b": "", "\u00ad": "", "\t": " ", "`": "'", "´": "'",
}  # fmt: skip
_MOINS_CHER = {"« ": '"', " »": '"', "«\u00a0": '"', "\u00a0»": '"', "«\u202f": '"', "\u202f»": '"'}


@dataclass(frozen=True)
class Compte:
    """`unites` of seven bits (GSM) or sixteen (UCS-2); `place` is what the segments can hold."""

    unites: int
    place: int
    segments: int
    is_gsm: bool


def count_segments(texte: str) -> Compte:
    """Count as the operator does. An empty text costs nothing."""
    is_gsm = all(sign in BASE or sign in EXTENSION for sign in texte)
    alone, linked = (GSM_SEUL, GSM_SUITE) if is_gsm else (UCS2_SEUL, UCS2_SUITE)
    weights = [_weight(sign, is_gsm=is_gsm) for sign in texte]
    units = sum(weights)
    if units <= alone:
        return Compte(units, alone, 1 if units else 0, is_gsm)
    segments = _fill(weights, linked)
    return Compte(units, segments * linked, segments, is_gsm)


def _weight(sign: str, *, is_gsm: bool) -> int:
    """Units of one character: an escape pair and a surrogate pair are two."""
    if is_gsm:
        return 2 if sign in EXTENSION else 1
    return 2 if ord(sign) > BMP else 1


def _fill(weights: list[int], room: int) -> int:
    """Number of parts when no pair may be cut in half."""
    segments, filled = 1, 0
    for weight in weights:
        if filled + weight > room:
            segments, filled = segments + 1, 0
        filled += weight
    return segments


def economise(texte: str) -> str:
    """Return the text in GSM 03.38: « hôtel » → « hotel », « é » stays; a sign without equivalent stays as it is."""
    for dear, cheap in _MOINS_CHER.items():
        texte = texte.replace(dear, cheap)
    return "".join(_cheapen(sign) for sign in unicodedata.normalize("NFC", texte))


def _cheapen(sign: str) -> str:
    if sign in BASE or sign in EXTENSION:
        return sign
    if sign in _SIMPLE:
        return _SIMPLE[sign]
    bare = "".join(part for part in unicodedata.normalize("NFD", sign) if not unicodedata.combining(part))
    return bare if bare and all(part in BASE for part in bare) else sign


def find_dear(texte: str) -> list[str]:
    """Return the signs that force UCS-2, each once, in order: « ce ê coûte un SMS de plus »."""
    return list(dict.fromkeys(sign for sign in texte if sign not in BASE and sign not in EXTENSION))
