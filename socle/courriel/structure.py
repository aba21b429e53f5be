"""The MIME tree of a message, as offsets into its raw bytes.

Written by hand rather than with `email.parser`: an attached message keeps its exact bytes (proof), a thousand nested
levels do not exhaust the stack, and 60 MB are walked with `bytes.find` without being copied at each level.
Source: RFC 2046 §5.1.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from socle.courriel.entetes import Entetes, parse_parameters, split_headers
from socle.courriel.jeux import decode_transfer

PROFONDEUR_MAX = 50  # levels; below, the rest is one attachment
PARTIES_MAX = 1_000  # parts of one message; beyond, the rest is one attachment
_VALEUR_MAX = 64_000  # bytes of a Content-Type or Content-Disposition field that are looked at
_DEVINEE = re.compile(rb"\s*--([^\s-][^\r\n]{0,200}?)[ \t]*\r?\n")
_NON_BLANC = re.compile(rb"\S")
_TYPE = re.compile(r"[a-z0-9.+_-]+/[a-z0-9.+_-]+")


@dataclass(slots=True)
class Partie:
    """One node: its fields, the span of its body in `brut`, its children when it is a multipart."""

    brut: bytes
    entetes: Entetes
    debut: int
    fin: int
    type: str = "text/plain"
    parametres: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    nom: str = ""
    parties: list["Partie"] = field(default_factory=list)

    @property
    def corps(self) -> bytes:
        """Body as received."""
        return self.brut[self.debut : self.fin]

    @property
    def encodage(self) -> str:
        """Content-Transfer-Encoding, lower case."""
        return parse_parameters(self.entetes.text("content-transfer-encoding")[:100])[0].strip("\"' ")

    @property
    def contenu(self) -> bytes:
        """Body freed from its transfer encoding."""
        return decode_transfer(self.corps, self.encodage)

    def leaves(self) -> list["Partie"]:
        """Return the parts that are no multipart, in order."""
        trouvees: list[Partie] = []
        pile = [self]
        while pile:
            partie = pile.pop()
            if partie.parties:
                pile.extend(reversed(partie.parties))
            else:
                trouvees.append(partie)
        return trouvees


def parse_structure(brut: bytes) -> Partie:
    """Return the root of the tree; any input gives a tree, whose leaves cover every body found."""
    debut = len(brut) - len(brut.lstrip(b"\r\n"))
    racine = _part(brut, debut, len(brut), "text/plain")
    compte = 1
    a_ouvrir = [(racine, 0)]
    while a_ouvrir:
        partie, profondeur = a_ouvrir.pop()
        if not partie.type.startswith("multipart/"):
            continue
        defaut = "message/rfc822" if partie.type == "multipart/digest" else "text/plain"
        bornes, reste = _spans(partie, PARTIES_MAX - compte) if profondeur < PROFONDEUR_MAX else ([], -1)
        partie.parties = [_part(brut, d, f, defaut) for d, f in bornes]
        if reste >= 0:
            partie.parties.append(_leftover(brut, reste, partie.fin))
        compte += len(partie.parties)
        if not partie.parties:
            _close_unreadable(partie)
        a_ouvrir += [(fille, profondeur + 1) for fille in reversed(partie.parties)]
    return racine


def _part(brut: bytes, debut: int, fin: int, type_defaut: str) -> Partie:
    entetes, corps = split_headers(brut, debut, fin)
    partie = Partie(brut, entetes, corps, fin)
    type_lu, partie.parametres = parse_parameters(entetes.text("content-type")[:_VALEUR_MAX])
    if type_lu == "text":
        type_lu = "text/plain"
    partie.type = type_lu if _TYPE.fullmatch(type_lu) else type_defaut
    disposition, autres = parse_parameters(entetes.text("content-disposition")[:_VALEUR_MAX])
    partie.disposition = disposition
    partie.nom = autres.get("filename") or partie.parametres.get("name") or ""
    return partie


def _close_unreadable(partie: Partie) -> None:
    """A multipart without parts: plain text when it looks like it, else one attachment; nothing is lost."""
    profond = partie.debut and b"boundary=" in partie.brut[partie.debut : partie.fin]
    partie.type = "application/octet-stream" if profond else "text/plain"


def _leftover(brut: bytes, debut: int, fin: int) -> Partie:
    return Partie(brut, Entetes(()), debut, fin, disposition="attachment", nom="suite-du-message.txt")


def _spans(partie: Partie, place: int) -> tuple[list[tuple[int, int]], int]:
    """Return the spans of the parts of a multipart, and where text begins after its closing delimiter (-1: nowhere).

    Beyond `place` parts, the last one runs to the end of the multipart.
    """
    brut, fin = partie.brut, partie.fin
    frontiere = partie.parametres.get("boundary", "").encode("utf-8", "replace") or _guess(brut, partie.debut, fin)
    if not frontiere:
        return [], -1
    bornes: list[tuple[int, int]] = []
    ouverte = -1
    for position, apres, finale in _delimiters(brut, b"--" + frontiere, partie.debut, fin):
        if ouverte >= 0:
            bornes.append((ouverte, max(ouverte, _before_line(brut, position))))
        ouverte = apres
        if finale:
            suite = _NON_BLANC.search(brut, apres, fin)
            return bornes, suite.start() if suite and bornes else -1
        if len(bornes) >= place:
            break
    if ouverte >= 0:
        bornes.append((ouverte, fin))
    return bornes, -1


def _delimiters(brut: bytes, marque: bytes, debut: int, fin: int) -> Iterator[tuple[int, int, bool]]:
    """Yield (offset of the delimiter line, offset after it, is it the closing one)."""
    position = brut.find(marque, debut, fin)
    while position >= 0:
        apres = position + len(marque)
        finale = brut[apres : apres + 2] == b"--"
        suite = brut.find(b"\n", apres, fin)
        suite = fin if suite < 0 else suite + 1
        seule = brut[apres + 2 * finale : min(suite, apres + 202)].strip() == b""
        if (position == debut or brut[position - 1] in b"\r\n") and (seule or finale):
            yield position, suite if seule else apres + 2, finale
            position = brut.find(marque, suite, fin)
        else:
            position = brut.find(marque, apres, fin)


def _before_line(brut: bytes, position: int) -> int:
    """The line break before a delimiter belongs to the delimiter (RFC 2046 §5.1.1)."""
    if brut[position - 2 : position] == b"\r\n":
        return position - 2
    return position - 1 if position and brut[position - 1] in b"\r\n" else position


def _guess(brut: bytes, debut: int, fin: int) -> bytes:
    """A multipart without boundary: its first « --… » line, when it comes back."""
    trouve = _DEVINEE.match(brut, debut, fin)
    if trouve and brut.find(b"\n--" + trouve.group(1), trouve.end(), fin) >= 0:
        return trouve.group(1)
    return b""
