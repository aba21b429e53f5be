"""Districts: « 12 rue des Lilas » gives the zone whose list holds « rue des Lilas ».

A line of the list is a street, and when two zones share it, what part of it: « avenue de la Gare : 2-98 pairs ».
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from citoyens.models import Usager
from demandes.contacts import read_adresses
from demandes.models import Demande, Zone
from socle.texte import normalise

_ABREGES = {
    "av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard", "boul": "boulevard", "pl": "place",
    "r": "rue", "imp": "impasse", "all": "allee", "ch": "chemin", "che": "chemin", "rte": "route", "sq": "square",
    "fg": "faubourg", "st": "saint", "ste": "sainte", "dr": "docteur", "gal": "general", "mal": "marechal",
}  # fmt: skip
_PARTIE = re.compile(r"(?:(?P<de>\d+)\s*-\s*(?P<a>\d+))?\s*(?P<cote>pairs?|impairs?)?", re.IGNORECASE)
_NUMERO = re.compile(r"\d{1,4}(?= |$)")


@dataclass(frozen=True)
class Voie:
    """A street, or a part of it: numbers `de` to `a` included, one side (0 even, 1 odd) or both (None)."""

    nom: str
    de: int | None = None
    a: int | None = None
    cote: int | None = None

    def holds(self, numero: int | None) -> bool:
        """True when the house is in this part; without a number, only a whole street is sure."""
        if self.de is None and self.cote is None:
            return True
        if numero is None:
            return False
        inside = self.de is None or self.a is None or self.de <= numero <= self.a
        return inside and (self.cote is None or numero % 2 == self.cote)


class VoieIllisible(ValueError):
    """A line of the list can't be read; `str()` is a French sentence."""

    def __init__(self, ligne: str) -> None:
        super().__init__(
            f"«\u00a0{ligne}\u00a0» n'est pas lisible. Écrivez «\u00a0rue des Lilas\u00a0», ou "
            "«\u00a0rue des Lilas\u00a0: 2-98 pairs\u00a0»."
        )


def spell(adresse: str) -> str:
    """Return the address in plain words, abbreviations written out: « 8, av. St-Jean » → « 8 avenue saint jean »."""
    return " ".join(_ABREGES.get(word, word) for word in normalise(adresse).split())


def read_voies(texte: str) -> list[Voie]:
    """Read a list, one street a line. Raises VoieIllisible."""
    return [_read_voie(line.strip()) for line in texte.splitlines() if line.strip()]


def _read_voie(ligne: str) -> Voie:
    name, _, part = ligne.partition(":")
    found = _PARTIE.fullmatch(part.strip())
    if found is None or not spell(name):
        raise VoieIllisible(ligne)
    cote = None if not found["cote"] else int(found["cote"].lower().startswith("impair"))
    first, last = (int(found["de"]), int(found["a"])) if found["de"] else (None, None)
    return Voie(spell(name), first, last, cote)


@lru_cache(maxsize=256)
def _voies_of(texte: str) -> tuple[Voie, ...]:
    return tuple(read_voies(texte))


def find_zone(adresse: str, zones: Sequence[Zone]) -> Zone | None:
    """Return the zone of an address: the longest street name that it holds wins; None when nothing is known of it."""
    words = f" {spell(adresse)} "
    best: tuple[int, bool, Zone] | None = None
    for zone in zones:
        for voie in _voies_of(zone.voies):
            before, found, _ = words.partition(f" {voie.nom} ")
            if not found or not voie.holds(_last_number(before)):
                continue
            rank = (len(voie.nom), voie.de is not None or voie.cote is not None)
            if best is None or rank > best[:2]:
                best = (*rank, zone)
    return best[2] if best else None


def _last_number(words: str) -> int | None:
    """The number before the street: the last one (« 8 bis » is 8, a postcode has five digits)."""
    numbers = _NUMERO.findall(words)
    return int(numbers[-1]) if numbers else None


def load_zones() -> list[Zone]:
    """Return the districts of the town (one query)."""
    return list(Zone.objects.select_related("service").order_by("libelle", "pk"))


def find_zone_of(demande: Demande, zones: Sequence[Zone]) -> Zone | None:
    """Return the zone of the place concerned, else of what was written, else of where the usager lives.

    One query at most, none when the town has no zone.
    """
    if not zones:
        return None
    return find_zone(demande.lieu, zones) or find_zone(demande.objet, zones) or _find_of_usager(demande.usager, zones)


def _find_of_usager(usager: Usager | None, zones: Sequence[Zone]) -> Zone | None:
    lived = [each.valeur for each in read_adresses(usager) if each.canal == "courrier"]
    return next((zone for each in lived if (zone := find_zone(each, zones))), None)
