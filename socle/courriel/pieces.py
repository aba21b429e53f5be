"""Which leaves of the tree are the text, and which are attachments, inline images, attached messages, invitations."""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property

from socle.courriel.entetes import split_headers
from socle.courriel.jeux import clean, decode_uu
from socle.courriel.structure import Partie

_TEXTES = ("text/plain", "text/html")
_NOMS = {
    "message/rfc822": "message.eml", "message/global": "message.eml", "text/calendar": "invitation.ics",
    "application/ms-tnef": "winmail.dat", "application/vnd.ms-tnef": "winmail.dat",
    "application/pkcs7-mime": "smime.p7m", "application/x-pkcs7-mime": "smime.p7m",
    "application/pkcs7-signature": "smime.p7s", "application/x-pkcs7-signature": "smime.p7s",
    "application/pgp-signature": "signature.asc", "application/pdf": "document.pdf", "image/jpeg": "image.jpg",
    "image/jpg": "image.jpg", "image/png": "image.png", "image/gif": "image.gif", "image/heic": "image.heic",
    "message/delivery-status": "rapport-de-remise.txt", "text/rfc822-headers": "entetes.txt",
    "message/feedback-report": "rapport.txt", "text/plain": "texte.txt", "text/html": "page.html",
}  # fmt: skip
# A path, control signs, and the marks that turn the reading direction to hide an extension.
_INTERDITS = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_DEBUT_UU = re.compile(rb"^begin(?: |-base64 )[0-7]{3,4} ([^\r\n]{1,250})\r?\n", re.MULTILINE)
_LIGNE_UU = re.compile(rb"[ -`]+")
_UU_MAX = 100  # uuencoded files of one text; the others stay in it
_NOM_MAX = 200  # characters of a file name
_EXTENSION_MAX = 15
_FIN_UU = re.compile(rb"^(?:end|====)[ \t]*\r?$", re.MULTILINE)


@dataclass(frozen=True)
class Piece:
    """One attachment: safe file name, declared type (lower case), decoded bytes, Content-ID without brackets."""

    nom: str
    type: str
    contenu: bytes
    content_id: str = ""

    @property
    def octets(self) -> int:
        """Size in bytes."""
        return len(self.contenu)

    @cached_property
    def sha256(self) -> str:
        """Hexadecimal digest of the content."""
        return hashlib.sha256(self.contenu).hexdigest()


def sort_leaves(racine: Partie) -> tuple[list[Partie], list[Partie], list[Partie]]:
    """Return (plain text bodies, HTML bodies, attachments) of a tree, each in order."""
    textes: list[Partie] = []
    pages: list[Partie] = []
    pieces: list[Partie] = []
    for feuille in racine.leaves():
        if feuille.type not in _TEXTES or _is_attached(feuille, textes if feuille.type == "text/plain" else pages):
            pieces.append(feuille)
        else:
            (textes if feuille.type == "text/plain" else pages).append(feuille)
    return textes, pages, [p for p in pieces if p.fin > p.debut or p.nom or p.disposition]


def _is_attached(feuille: Partie, deja: list[Partie]) -> bool:
    """A text is a body unless it says « attachment », or carries a file name after a first body."""
    if feuille.disposition.startswith("attachment"):
        return True
    return bool(feuille.nom and (deja or feuille.disposition))


def to_piece(feuille: Partie) -> Piece:
    """Decode one leaf; an attached message keeps its bytes (7-bit line breaks aside) and takes its subject as name."""
    contenu = feuille.contenu
    # Seven-bit text without encoding: its line breaks are those of the last transport (CRLF by IMAP, LF by a pipe).
    # One form only, so that one attachment has one digest. Eight-bit content is left as it is: it may be binary.
    if feuille.encodage in ("", "7bit") and contenu.isascii():
        contenu = contenu.replace(b"\r\n", b"\n")
    nom = feuille.nom
    if feuille.type in ("message/rfc822", "message/global") and not nom:
        nom = split_headers(contenu, 0, len(contenu))[0].readable("subject")[:100]
        nom = f"{nom}.eml" if nom.strip() else ""
    identifiant = feuille.entetes.text("content-id").strip("<> \t")[:500]
    return Piece(safe_name(nom, feuille.type), feuille.type, contenu, identifiant)


def safe_name(nom: str, type_mime: str) -> str:
    """Return a file name of at most 200 characters without path nor control sign, never empty."""
    nom = _INTERDITS.sub("", clean(nom)).replace("\\", "/").rpartition("/")[2].strip(" .")
    if not nom:
        return _NOMS.get(type_mime, "piece-jointe.bin")
    if len(nom) > _NOM_MAX:
        racine, point, extension = nom.rpartition(".")
        courte = point and len(extension) <= _EXTENSION_MAX
        nom = f"{racine[: _NOM_MAX - 20]}.{extension}" if courte else nom[:_NOM_MAX]
    return nom


def uuencoded_pieces(octets: bytes) -> tuple[list[Piece], bytes]:
    """Return the files uuencoded inside a text body, and the body without them."""
    if b"begin" not in octets:
        return [], octets
    trouvees: list[Piece] = []
    reste: list[bytes] = []
    position = 0
    while len(trouvees) < _UU_MAX and (debut := _DEBUT_UU.search(octets, position)):
        fin = _FIN_UU.search(octets, debut.end())
        if not fin or b"base64" in debut.group()[:13] or not _looks_uu(octets[debut.end() : debut.end() + 100]):
            reste.append(octets[position : debut.end()])
            position = debut.end()
            if not fin:
                break
            continue
        nom = safe_name(debut.group(1).decode("utf-8", "replace"), "application/octet-stream")
        contenu = decode_uu(octets[debut.start() : fin.end()])
        trouvees.append(Piece(nom, "application/octet-stream", contenu))
        reste.append(octets[position : debut.start()])
        position = fin.end()
    return trouvees, b"".join([*reste, octets[position:]])


def _looks_uu(debut: bytes) -> bool:
    """The first character of a uuencoded line announces its length."""
    ligne = debut.partition(b"\n")[0].rstrip(b"\r")
    if not ligne or not _LIGNE_UU.fullmatch(ligne):
        return False
    return ligne in (b"`", b" ") or -(-((ligne[0] - 32) & 63) // 3) * 4 <= len(ligne) + 3
