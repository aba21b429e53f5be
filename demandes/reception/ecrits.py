"""What a program hands over that is no mail: a post on a network, a partner's form, an SMS. One shape for all.

Bounds are those of the columns; beyond, a text is cut with a sentence and the raw bytes keep the rest.
"""

import json
from dataclasses import dataclass
from typing import Any

from socle.courriel import Courriel
from socle.courriel.entetes import Entetes
from socle.telephone import NumeroIllisible, parse_numero
from socle.texte import clean

OCTETS_MAX = 262_144  # of one message: 256 kB of text is a book
TEXTE_MAX = 50_000  # characters


class EcritIllisible(ValueError):
    """The message can't be understood; the French sentence is the reason shown in the quarantaine."""


@dataclass(frozen=True)
class Ecrit:
    """Who wrote what.

    `auteur` identifies who wrote among all senders; `adresse` is where from, as an agent reads it (number, e-mail,
    account); `externe` is the conversation it goes on with.
    """

    canal: str
    auteur: str
    adresse: str
    texte: str
    nom: str = ""
    objet: str = ""
    externe: str = ""
    courriel: str = ""
    telephone: str = ""


def show_as_courriel(ecrit: Ecrit) -> Courriel:
    """Return what the screen of the quarantaine prints of a message that is no mail."""
    return Courriel(
        expediteur=ecrit.adresse, expediteur_nom=ecrit.nom, a=(), cc=(), repondre_a="", destinataires=(),
        objet=ecrit.objet, date=None, message_id="", in_reply_to="", references=(), texte=ecrit.texte,
        texte_utile=ecrit.texte, html=None, pieces=(), motif_automatique="", rebond=None, entetes=Entetes(()),
    )  # fmt: skip


def read_object(brut: bytes) -> dict[str, Any]:
    """Return the JSON object. Raises EcritIllisible."""
    try:
        lu = json.loads(brut)
    except (ValueError, RecursionError):
        raise EcritIllisible("Ce n'est pas du JSON.") from None
    if not isinstance(lu, dict):
        raise EcritIllisible("Il faut un objet JSON.")
    return lu


def take_text(lu: dict[str, Any], nom: str, *, longueur: int, obligatoire: bool = False) -> str:
    """Return a text field, cleaned and cut to `longueur`. Raises EcritIllisible when it is no text, or missing."""
    valeur = lu.get(nom)
    if valeur is None or valeur == "":
        if obligatoire:
            raise EcritIllisible(f"Le champ «\u00a0{nom}\u00a0» manque.")
        return ""
    if not isinstance(valeur, str | int) or isinstance(valeur, bool):
        raise EcritIllisible(f"Le champ «\u00a0{nom}\u00a0» n'est pas un texte.")
    return clean(str(valeur)).strip()[:longueur]


def read_numero(texte: str) -> str:
    """Return the number in E.164, empty when it is none."""
    try:
        return parse_numero(texte) if texte else ""
    except NumeroIllisible:
        return ""


def find_id(brut: bytes) -> str:
    """Return the sender's own id of a message, empty when it has none we can read: the door asks before storing."""
    try:
        return take_text(read_object(brut), "id", longueur=160)
    except EcritIllisible:
        return ""
