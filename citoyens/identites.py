"""What an identity may hold: rules of names, dates of birth, SIRET and RNA numbers."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from citoyens.models import Usager
from socle.texte import clean

PREMIER_JOUR = date(1900, 1, 1)
_ESPACES = re.compile(r"[\s\u00a0\u202f.-]+")
_RNA = re.compile(r"W[0-9A-Z]\d{8}")
_LA_POSTE = "356000000"  # its establishments break Luhn's rule: the sum of digits is a multiple of 5 (INSEE)
CIVILS = ("civilite", "prenoms", "nom_naissance", "naissance_on")  # fields of a person only


class IdentiteRefusee(ValueError):
    """A field of the identity can't be kept; `champ` names it, the message is a French sentence for the screen."""

    def __init__(self, champ: str, phrase: str) -> None:
        self.champ = champ
        super().__init__(phrase)


@dataclass(frozen=True)
class Identite:
    """The identity of an usager, as kept. Empty strings when unknown."""

    nature: str
    nom: str
    prenoms: str = ""
    nom_naissance: str = ""
    civilite: str = ""
    naissance_on: date | None = None
    siret: str = ""
    rna: str = ""
    langue: str = "fr"


def read_identite(identite: Identite, *, on: date) -> Identite:
    """Return the identity cleaned. Raises IdentiteRefusee; `on` is today, for the date of birth."""
    names = {field: _words(getattr(identite, field), field) for field in ("nom", "prenoms", "nom_naissance")}
    siret, rna = _compact(identite.siret), _compact(identite.rna)
    if identite.nature not in Usager.Nature.values:
        raise IdentiteRefusee("nature", "Un usager est une personne, une association ou une entreprise.")
    if identite.civilite not in Usager.Civilite.values:
        raise IdentiteRefusee("civilite", "Cette civilité n'existe pas.")
    if identite.nature == Usager.Nature.PERSONNE:
        _check_naissance(identite.naissance_on, on=on)
        siret = rna = ""
        kept: dict[str, Any] = {**names, "civilite": identite.civilite, "naissance_on": identite.naissance_on}
    else:
        kept = {"nom": names["nom"]}
        _check_organisation(names["nom"], siret, rna)
    return Identite(nature=identite.nature, siret=siret, rna=rna, langue=identite.langue or "fr", **kept)


def _words(text: str, champ: str) -> str:
    words = " ".join(clean(text).split())
    if len(words) > 120:
        raise IdentiteRefusee(champ, "120 caractères au plus.")
    return words


def _compact(text: str) -> str:
    return _ESPACES.sub("", clean(text)).upper()


def _check_naissance(day: date | None, *, on: date) -> None:
    if day is None:
        return
    if day > on:
        raise IdentiteRefusee("naissance_on", "La date de naissance est dans l'avenir.")
    if day < PREMIER_JOUR:
        raise IdentiteRefusee("naissance_on", "La date de naissance est avant 1900.")


def _check_organisation(nom: str, siret: str, rna: str) -> None:
    if not nom:
        raise IdentiteRefusee("nom", "Une association ou une entreprise a un nom.")
    if siret and not is_siret(siret):
        raise IdentiteRefusee("siret", "Ce SIRET n'est pas valable\u00a0: 14 chiffres, dont une clef de contrôle.")
    if rna and not _RNA.fullmatch(rna):
        raise IdentiteRefusee("rna", "Un numéro RNA s'écrit W suivi de neuf chiffres, par exemple W291234567.")


def is_siret(siret: str) -> bool:
    """True for 14 digits that obey Luhn's rule (and La Poste's own, its one exception)."""
    if not (len(siret) == 14 and siret.isascii() and siret.isdigit()):
        return False
    if siret.startswith(_LA_POSTE) and sum(map(int, siret)) % 5 == 0:
        return True
    doubled = [int(digit) * (2 - rank % 2) for rank, digit in enumerate(siret)]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
