"""Header block, encoded words and parameters, read from raw bytes.

The standard parser turns raw 8-bit headers into U+FFFD and is quadratic on hostile structures; here each header is
kept as bytes until its character set is known, and each scan moves forward only.
Sources: RFC 5322 §2.2 (fields), RFC 2047 (encoded words), RFC 2231 (parameters).
"""

import binascii
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from socle.courriel.jeux import clean, decode_text

_CHAMP = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_REPLI = re.compile(rb"\r?\n[ \t]*|\r")
_MOT_DEBUT = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?")
_PARAMETRE = re.compile(r';\s*+([^\s=;"]{1,100}+)\s*+=\s*+(?:"((?:[^"\\]|\\.|\\$)*+)(?:"|$)|([^;]*+))', re.DOTALL)
_RANG = re.compile(r"[0-9]{1,3}")
_PARAMETRES_MAX = 200
_IDENTIFIANT = re.compile(r"<([^<>\s]{1,990})>")


class _Mot(NamedTuple):
    """One encoded word: character set, « b » or « q », encoded text."""

    jeu: str
    sorte: str
    contenu: str


@dataclass(frozen=True, slots=True)
class Entetes:
    """Fields of one block, in order: lower-case name and raw unfolded value."""

    champs: tuple[tuple[str, bytes], ...]
    index: dict[str, list[bytes]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index: dict[str, list[bytes]] = {}
        for nom, valeur in self.champs:
            index.setdefault(nom, []).append(valeur)
        object.__setattr__(self, "index", index)

    def raw(self, nom: str) -> bytes:
        """Return the first non-empty value of a field, else b""."""
        return next((v for v in self.index.get(nom, ()) if v), b"")

    def text(self, nom: str) -> str:
        """Return the first non-empty value, character set guessed, encoded words left alone."""
        return decode_text(self.raw(nom))

    def readable(self, nom: str) -> str:
        """Return the first non-empty value with its encoded words decoded."""
        return decode_words(self.text(nom))

    def identifiers(self, nom: str) -> tuple[str, ...]:
        """Return the `<…>` identifiers of every field of that name, without brackets, in order, once each."""
        trouves: dict[str, None] = {}
        for valeur in self.index.get(nom, ()):
            texte = decode_text(valeur)
            nus = (mot.strip("<>") for mot in texte.split()[:1])
            trouves.update(dict.fromkeys(_IDENTIFIANT.findall(texte) or filter(None, nus)))
        return tuple(trouves)

    def __contains__(self, nom: str) -> bool:
        return nom in self.index


def split_headers(brut: bytes, debut: int, fin: int) -> tuple[Entetes, int]:
    """Read the header block of brut[debut:fin]; return it with the offset of the body.

    A block that does not begin with a field is no header: the body begins at `debut`. An isolated broken line
    between two fields is skipped, a parameter at the margin continues its field (both seen in the wild); any other
    broken line begins the body.
    """
    champs: list[tuple[str, bytes]] = []
    ouvert: list[bytes] = []
    position = debut
    while position < fin:
        suivante = _next_line(brut, position, fin)
        ligne = brut[position:suivante]
        if ligne in (b"\r\n", b"\n", b"\r"):
            position = suivante
            break
        champ = _CHAMP.match(ligne)
        if champs and (ligne[:1] in b" \t" or (not champ and _unfolded_parameter(ligne, ouvert))):
            ouvert.append(ligne)
        elif champ:
            _close(champs, ouvert)
            champs.append((champ.group(1).decode("ascii").lower(), b""))
            ouvert = [ligne[champ.end() :]]
        elif not (_envelope_line(ligne, champs) or (champs and _CHAMP.match(brut, suivante, fin))):
            break
        position = suivante
    _close(champs, ouvert)
    return Entetes(tuple(champs)), position


def _next_line(brut: bytes, position: int, fin: int) -> int:
    saut = brut.find(b"\n", position, fin)
    return fin if saut < 0 else saut + 1


def _unfolded_parameter(ligne: bytes, ouvert: list[bytes]) -> bool:
    return ouvert[-1].rstrip().endswith(b";") and b"=" in ligne[:80]


def _envelope_line(ligne: bytes, champs: list[tuple[str, bytes]]) -> bool:
    return not champs and ligne.startswith((b"From ", b">From "))


def _close(champs: list[tuple[str, bytes]], ouvert: list[bytes]) -> None:
    if champs and ouvert:
        champs[-1] = (champs[-1][0], _REPLI.sub(b" ", b"".join(ouvert)).strip())


def decode_words(texte: str) -> str:
    """Return `texte` with its RFC 2047 encoded words decoded.

    Words of one character set that follow each other are joined as bytes first: clients cut inside a character.
    Spaces, unfinished words and missing padding are tolerated.
    """
    if "=?" not in texte:
        return texte
    morceaux: list[str] = []
    attente: list[_Mot] = []
    position = 0
    while debut := _MOT_DEBUT.search(texte, position):
        fin, suite = _word_end(texte, debut.end())
        if fin < 0:
            break
        entre = texte[position : debut.start()]
        if entre.strip() or not attente:
            morceaux += [_flush(attente), entre]
            attente = []
        attente.append(_Mot(debut.group(1), debut.group(2).lower(), texte[debut.end() : fin]))
        position = suite
    return clean("".join([*morceaux, _flush(attente), texte[position:]]))


def _word_end(texte: str, position: int) -> tuple[int, int]:
    fin = texte.find("?=", position)
    if fin >= 0:
        return fin, fin + 2
    if re.search(r"\s", texte[position : position + 1000]):
        return -1, -1
    return len(texte), len(texte)


def _word_bytes(sorte: str, contenu: str) -> bytes:
    octets = contenu.encode("utf-8", "replace")
    if sorte == "q":
        return binascii.a2b_qp(octets, header=True)
    serre = re.sub(rb"[^A-Za-z0-9+/]", b"", octets)
    try:
        return binascii.a2b_base64(serre + b"===")
    except binascii.Error:
        return binascii.a2b_base64(serre[:-1] + b"===")


def _flush(attente: list[_Mot]) -> str:
    """Decode words that follow each other: those of one set make one run of bytes."""
    lus: list[str] = []
    jeu, octets = "", b""
    for mot in _join_cut_words(attente):
        mot_jeu = mot.jeu.partition("*")[0].lower()
        if mot_jeu != jeu and octets:
            lus.append(decode_text(octets, jeu))
            octets = b""
        jeu, octets = mot_jeu, octets + _word_bytes(mot.sorte, mot.contenu)
    return "".join([*lus, decode_text(octets, jeu)]) if attente else ""


def _join_cut_words(attente: list[_Mot]) -> list[_Mot]:
    """Some clients cut base64 anywhere: a word that is no whole number of groups goes on in the next one."""
    joints: list[_Mot] = []
    for mot in attente:
        avant = joints[-1] if joints else None
        if avant and avant.sorte == mot.sorte == "b" and avant.jeu == mot.jeu and len(avant.contenu.rstrip()) % 4:
            joints[-1] = _Mot(mot.jeu, "b", avant.contenu.rstrip() + mot.contenu)
        else:
            joints.append(mot)
    return joints


def parse_parameters(valeur: str) -> tuple[str, dict[str, str]]:
    """Split « text/plain; charset=utf-8 » into its lower-case head and its decoded parameters (RFC 2231 or not)."""
    tete, _, _ = valeur.partition(";")
    simples: dict[str, str] = {}
    fragments: dict[str, dict[int, tuple[bool, str]]] = {}
    for rang, trouve in enumerate(_PARAMETRE.finditer(valeur, len(tete))):
        if rang >= _PARAMETRES_MAX:
            break
        nom, cite, nu = trouve.groups()
        texte = re.sub(r"\\(.)", r"\1", cite) if cite is not None else nu.strip()
        nom, etoile, suite = nom.lower().partition("*")
        if etoile:
            rang_texte = suite.rstrip("*")
            numero = int(rang_texte) if _RANG.fullmatch(rang_texte) else 0
            fragments.setdefault(nom, {})[numero] = (suite == "" or suite.endswith("*"), texte)
        else:
            simples.setdefault(nom, decode_words(texte).strip())
    for nom, parts in fragments.items():
        simples[nom] = _join_fragments(parts)
    return tete.strip().lower(), simples


def _join_fragments(parts: dict[int, tuple[bool, str]]) -> str:
    jeu, octets = "", b""
    for rang in sorted(parts):
        code, texte = parts[rang]
        if code and rang == min(parts) and texte.count("'") > 1:
            jeu, _, texte = texte.split("'", 2)
        octets += unquote_to_bytes(texte) if code else texte.encode("utf-8", "replace")
    return decode_words(decode_text(octets, jeu or None)).strip()


def parse_date(valeur: str) -> datetime | None:
    """Return the aware date of a Date field, None when it cannot be read; absurd years are facts and are kept."""
    try:
        lue = parsedate_to_datetime(re.sub(r"\s+", " ", valeur[:200]).strip())
        lue = lue if lue.tzinfo else lue.replace(tzinfo=UTC)
        lue.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
    return lue
