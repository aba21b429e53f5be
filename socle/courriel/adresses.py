"""Address lists, read forward in one pass: names are kept as written, separators may be commas or semicolons."""

import re
from typing import NamedTuple

from socle.courriel.entetes import decode_words
from socle.courriel.jeux import clean

_JETON = re.compile(
    r'"((?:[^"\\]|\\.)*+)("|\\?$)'  # quoted name
    r"|<([^<>]*+)(?:>|$)"  # address
    r"|([,;])"  # end of one mailbox
    r"|(\()"  # comment, read by hand because it nests
    r'|([^"<>,;(]++)|(.)',
    re.DOTALL,
)
_COMMENTAIRE = re.compile(r"[()\\]")
_MORCEAUX_MAX = 8  # pieces of one name cut by unquoted commas
_BLANCS = re.compile(r"\s+")


class Adresse(NamedTuple):
    """One mailbox: bare address as written (never lower-cased) and decoded display name."""

    adresse: str
    nom: str


def parse_addresses(valeur: str) -> list[Adresse]:
    """Return the mailboxes of an address field; groups are opened, empty items dropped, duplicates kept."""
    valeur = _with_address(valeur)
    trouvees: list[Adresse] = []
    boite = _Boite()
    position = 0
    while jeton := _JETON.match(valeur, position):
        position = jeton.end()
        cite, ferme, entre, separateur, commentaire, texte, _ = jeton.groups()
        if cite is not None and ferme != '"':  # a quote never closed: it is a sign among others
            valeur = valeur[jeton.start() :].replace('"', " ")
            position = 0
        elif cite is not None:
            boite.noms.append(re.sub(r"\\(.)", r"\1", cite))
        elif entre is not None:
            boite.add_address(entre)
        elif commentaire:
            contenu, position = _comment(valeur, position)
            boite.commentaires.append(contenu)
        elif texte is not None:
            boite.add_text(texte)
        elif separateur:
            boite.end_into(trouvees, separateur)
    boite.end_into(trouvees, "")
    return trouvees


def _with_address(valeur: str) -> str:
    """Name and address are sometimes encoded together, in one word."""
    return decode_words(valeur) if "@" not in valeur and "=?" in valeur else valeur


class _Boite:
    """What has been read of the mailbox under way."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.adresses: list[str] = []
        self.noms: list[str] = []
        self.commentaires: list[str] = []

    def add_address(self, entre: str) -> None:
        self.adresses.append(_strip_route(entre))

    def add_text(self, texte: str) -> None:
        # « Groupe : a@x, b@y; » — the group's name is not a mailbox.
        tete, deux_points, reste = texte.partition(":")
        if deux_points and "@" not in tete and not self.adresses and tete.strip().lower() != "mailto":
            self.noms.clear()
            texte = reste
        if texte.strip():
            self.noms.append(texte.strip() if "\n" not in texte else _BLANCS.sub(" ", texte.strip()))

    def end_into(self, trouvees: list[Adresse], separateur: str) -> None:
        if self.adresses:
            nom = self._name()
            trouvees.append(Adresse(self.adresses[0], nom))
            trouvees += [Adresse(autre, "") for autre in self.adresses[1:] if autre]
        elif nues := _bare_addresses(self.noms):
            commentaire = clean(decode_words(" ".join(self.commentaires))).strip()
            trouvees += [Adresse(nue, commentaire if len(nues) == 1 else "") for nue in nues]
        elif self.noms and not separateur and not trouvees:  # « MAILER-DAEMON (Mail Delivery System) »
            trouvees.append(Adresse(" ".join(self.noms), " ".join(self.commentaires)))
        elif self.noms and separateur == "," and len(self.noms) < _MORCEAUX_MAX:
            self.noms[-1] += ","  # unquoted comma: « Dupont, Jean <jd@…> »
            return
        self.clear()

    def _name(self) -> str:
        # A comment beside a name belongs to it as people write it: « Marie Petit (CCAS) <…> ».
        apartes = " ".join(self.commentaires)
        nom = f"{' '.join(self.noms)} ({apartes})" if self.noms and apartes else " ".join(self.noms) or apartes
        return clean(_BLANCS.sub(" ", decode_words(nom))).strip().strip("'")


def _bare_addresses(noms: list[str]) -> list[str]:
    mots = [mot.strip("<>[]'") for nom in noms if "@" in nom for mot in nom.split()]
    return [_strip_route(mot) for mot in mots if "@" in mot[1:-1]]


def _strip_route(entre: str) -> str:
    adresse = "".join(entre.split())
    if adresse[:7].lower() == "mailto:":
        adresse = adresse[7:]
    return adresse.rpartition(":")[2] if adresse.startswith("@") else adresse


def _comment(valeur: str, position: int) -> tuple[str, int]:
    profondeur, debut = 1, position
    while signe := _COMMENTAIRE.search(valeur, position):
        position = signe.end()
        if signe.group() == "\\":
            position += 1
        else:
            profondeur += 1 if signe.group() == "(" else -1
            if not profondeur:
                return valeur[debut : signe.start()], position
    return valeur[debut:], len(valeur)
