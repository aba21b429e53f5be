"""Bytes to text: character sets and transfer encodings as citizens' mail software really writes them.

Nothing here raises: what a decoder refuses is read by the next one, and the raw message is kept elsewhere.
"""

import binascii
import codecs
import re
from encodings.aliases import aliases

# Names seen in the wild that Python does not know, or knows as a narrower set than what is really written.
# A « latin-1 » label means windows-1252 in practice (WHATWG Encoding Standard, same rule for ASCII).
_REMPLACES = {
    "iso_8859_1": "cp1252", "latin_1": "cp1252", "latin1": "cp1252", "iso8859_1": "cp1252", "l1": "cp1252",
    "us_ascii": "cp1252", "ascii": "cp1252", "ansi": "cp1252", "x_ansi": "cp1252", "unicode_1_1_utf_7": "utf_7",
    "utf_8mb4": "utf_8", "x_utf_8": "utf_8", "unicode": "utf_8", "gb2312": "gb18030", "gbk": "gb18030",
    "euc_gb2312_cn": "gb18030", "x_gbk": "gb18030", "ks_c_5601_1987": "cp949", "euc_kr": "cp949",
    "shift_jis": "cp932", "x_sjis": "cp932", "windows_31j": "cp932", "iso_2022_jp": "iso2022_jp_2",
    "x_euc_jp": "euc_jp", "iso_8859_8_i": "iso8859_8", "iso_8859_8_e": "iso8859_8", "x_mac_roman": "mac_roman",
    "macintosh": "mac_roman", "windows_874": "cp874", "tis_620": "cp874", "x_cp1252": "cp1252", "big5": "cp950",
}  # fmt: skip
_CONNUS = frozenset(aliases) | frozenset(aliases.values())
# Seven-bit or wide sets whose bytes would pass for valid UTF-8: here the label is believed first.
_ETIQUETTE_D_ABORD = ("iso2022", "utf_7", "utf_16", "utf_32", "u16", "u32", "u7", "hz")
_MULTIOCTETS = ("gb18030", "cp949", "cp932", "cp950", "big5hkscs", "euc_jp", "johab")
_NON_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]")
_UTF8_MULTI = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_NOM_MAX = 60  # characters of a character set's name
_SIGNES_MIN = 4  # Chinese signs before a text may be taken for Chinese
_TETES_COMMUNES = frozenset([*range(0xB0, 0xD8), *range(0xA1, 0xA4)])  # GB 2312 level 1, and its punctuation
_MELANGE_MAX = 2_000_000  # bytes; beyond, a text mixing two sets is read as windows-1252 in one go
_HAUTS = re.compile(rb"[\x80-\xff]+")
_SUBSTITUTS = re.compile("[\x00\ud800-\udfff]")


def clean(texte: str) -> str:
    """Return `texte` without NUL nor lone surrogate: what PostgreSQL can store."""
    return _SUBSTITUTS.sub("", texte) if texte else texte


def codec_of(jeu: str | None) -> str | None:
    """Return the Python codec for a declared character set, None when it is unknown or absent."""
    if not jeu or len(jeu) > _NOM_MAX:
        return None
    nom = re.sub(r"[^a-z0-9]+", "_", jeu.lower()).strip("_")
    nom = re.sub(r"^(cs|charset_)(?=iso|utf|windows)", "", nom)
    nom = _REMPLACES.get(nom, nom)
    codec = aliases.get(nom, nom)
    codec = _REMPLACES.get(codec, codec)
    return codec if codec in _CONNUS or codec in _MULTIOCTETS else None


def decode_text(octets: bytes, jeu: str | None = None) -> str:
    """Return `octets` as text: UTF-8, then the declared set (latin-1 read as windows-1252), then windows-1252.

    Never raises; the text may be stored as is in PostgreSQL.
    """
    if octets.isascii() and b"\x1b" not in octets and b"\x00" not in octets and not jeu:
        return octets.decode("ascii")
    codec = codec_of(jeu)
    return clean(_first_reading(octets, codec))


def _first_reading(octets: bytes, codec: str | None) -> str:
    if codec and codec.startswith(_ETIQUETTE_D_ABORD):
        texte = _try(octets, codec, errors="replace")
        if texte is not None and texte.count("\ufffd") * 20 <= len(texte):
            return texte
    if octets[:2] in (b"\xff\xfe", b"\xfe\xff") and len(octets) % 2 == 0:
        texte = _try(octets, "utf-16")
        if texte is not None:
            return texte
    if codec is None and b"\x1b$" in octets:  # ESC $ opens a Japanese run in ISO-2022, never in a western text
        texte = _try(octets, "iso2022_jp_2")
        if texte is not None:
            return texte
    texte = _try(octets, "utf-8-sig")
    if texte is not None:
        return texte
    return _declared_reading(octets, codec)


def _declared_reading(octets: bytes, codec: str | None) -> str:
    if codec in (None, "cp1252", "utf_8", "utf_8_sig"):
        return _western_reading(octets, guess=codec is None)
    texte = _try(octets, codec, errors="replace")
    if texte is None or texte.count("\ufffd") * 20 > len(texte):
        return _western_reading(octets)
    return texte


def _western_reading(octets: bytes, *, guess: bool = False) -> str:
    """Read windows-1252, keeping the UTF-8 sequences of a text that mixes both (pasted replies, old webmails)."""
    if guess and _looks_chinese(octets):
        texte = _try(octets, "gb18030")
        if texte is not None:
            return texte
    if len(octets) > _MELANGE_MAX or not _UTF8_MULTI.search(octets):
        return octets.decode("cp1252", "replace")
    return octets.decode("utf-8", "socle-occidental")


def _western_byte(erreur: UnicodeError) -> tuple[str, int]:
    """Codec error handler: the bytes that are not UTF-8 are windows-1252."""
    if not isinstance(erreur, UnicodeDecodeError):
        raise erreur
    return erreur.object[erreur.start : erreur.end].decode("cp1252", "replace"), erreur.end


codecs.register_error("socle-occidental", _western_byte)


def _looks_chinese(octets: bytes) -> bool:
    """Tell whether undeclared bytes are GB 2312: every high run even, nearly all leads among its common signs.

    French accents are isolated or doubled bytes above 0xE0, outside the lead range of common signs (0xB0-0xD7).
    """
    suites = _HAUTS.findall(octets[:20_000])
    if not suites or any(len(s) % 2 for s in suites[:-1]):
        return False
    tetes = b"".join(s[::2] for s in suites)
    return len(tetes) >= _SIGNES_MIN and sum(t in _TETES_COMMUNES for t in tetes) >= 0.9 * len(tetes)


def _try(octets: bytes, codec: str, errors: str = "strict") -> str | None:
    try:
        return octets.decode(codec, errors)
    except (LookupError, ValueError, AssertionError):
        return None


def decode_transfer(octets: bytes, encodage: str) -> bytes:
    """Return a body freed from its Content-Transfer-Encoding; what is not really encoded comes back untouched."""
    if encodage == "base64":
        return _decode_base64(octets)
    if encodage == "quoted-printable":
        return binascii.a2b_qp(octets)
    if encodage in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return decode_uu(octets)
    return octets


def _decode_base64(octets: bytes) -> bytes:
    etrangers = len(_NON_BASE64.findall(octets[:200_000]))
    if etrangers and etrangers * 50 > min(len(octets), 200_000):
        return _base64_then_text(octets)
    # After padding, CPython stops: several encoded runs pasted one after the other are read one by one.
    serre = octets.translate(None, b" \t\r\n")
    if b"=" not in serre.rstrip(b"="):
        return _base64_run(serre)
    return b"".join(_base64_run(suite) for suite in re.split(rb"=+", serre))


def _base64_then_text(octets: bytes) -> bytes:
    """Read a base64 body followed by plain text (a list's footer), or plain text wrongly labelled."""
    fin = 0
    for ligne in octets.splitlines(keepends=True):
        if _NON_BASE64.search(ligne) or b" " in ligne.strip():
            break
        fin += len(ligne)
    if not octets[:fin].strip():
        return octets
    return _base64_run(octets[:fin]) + b"\n" + octets[fin:]


def _base64_run(suite: bytes) -> bytes:
    try:
        return binascii.a2b_base64(suite + b"===")
    except binascii.Error:  # one lone character after the last group of four
        try:
            return binascii.a2b_base64(re.sub(rb"[^A-Za-z0-9+/]", b"", suite)[:-1] + b"===")
        except binascii.Error:
            return suite


def decode_uu(octets: bytes) -> bytes:
    """Return the content between « begin » and « end »; without « begin », every line is read."""
    morceaux = []
    dedans = not octets.startswith(b"begin ") and b"\nbegin " not in octets
    for ligne in octets.splitlines():
        if not dedans:
            dedans = ligne.startswith(b"begin ")
        elif ligne.strip() == b"end":
            break
        elif ligne.strip() not in (b"`", b""):
            morceaux.append(_uu_line(ligne))
    return b"".join(morceaux) or octets


def _uu_line(ligne: bytes) -> bytes:
    try:
        return binascii.a2b_uu(ligne)
    except binascii.Error:  # too long a line: keep the length its first character announces (same as the uu codec)
        taille = (((ligne[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(ligne[:taille])
        except binascii.Error:
            return b""
