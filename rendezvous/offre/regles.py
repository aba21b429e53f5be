"""Reading a repetition: the part of RRULE (RFC 5545 §3.3.10) that a town hall says aloud; the rest is refused.

DAILY, WEEKLY, MONTHLY; INTERVAL, BYDAY, BYMONTHDAY, BYSETPOS. The end of a range is `jusqu_on`, its hours are `blocs`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from rendezvous.offre.refus import RegleRefusee

T = TypeVar("T")
CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LONGUEUR_MAX = 200
INTERVALLE_MAX = 52
RANGS_MAX = 31
_JOUR = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_ENTIER = re.compile(r"[+-]?[0-9]{1,3}")
_CONNUES = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYSETPOS"})
_BORNES = frozenset({"COUNT", "UNTIL"})
_HEURES = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})


@dataclass(frozen=True, slots=True)
class Regle:
    """A repetition once read. `jours`: (nth in the month or 0, weekday 0–6). Negative numbers count from the end."""

    freq: str
    intervalle: int = 1
    jours: tuple[tuple[int, int], ...] = ()
    quantiemes: tuple[int, ...] = ()
    rangs: tuple[int, ...] = ()


def check_regle(regle: str) -> None:
    """Accept a repetition, or the empty text (one day). Raises RegleRefusee with the sentence to show."""
    if regle:
        read_regle(regle)


@lru_cache(maxsize=2048)
def read_regle(regle: str) -> Regle:
    """Read a repetition that is not empty. Raises RegleRefusee."""
    parts = _split(regle)
    freq = parts.get("FREQ", "")
    if freq not in {"DAILY", "WEEKLY", "MONTHLY"}:
        raise RegleRefusee("Une plage se répète par jour, par semaine ou par mois\u00a0: choisissez l'un des trois.")
    read = Regle(
        freq=freq,
        intervalle=_read_intervalle(parts.get("INTERVAL", "1")),
        jours=_read_jours(parts["BYDAY"]) if "BYDAY" in parts else (),
        quantiemes=_read_entiers(parts["BYMONTHDAY"], "jour du mois") if "BYMONTHDAY" in parts else (),
        rangs=_read_entiers(parts["BYSETPOS"], "rang") if "BYSETPOS" in parts else (),
    )
    _check_together(read)
    return read


def _split(regle: str) -> Mapping[str, str]:
    if len(regle) > LONGUEUR_MAX:
        raise RegleRefusee(f"La répétition dépasse {LONGUEUR_MAX}\u00a0caractères\u00a0: faites plusieurs plages.")
    parts: dict[str, str] = {}
    for part in regle.split(";"):
        name, equals, value = part.partition("=")
        if name in _BORNES:
            raise RegleRefusee("La fin de la répétition se dit par le dernier jour de la plage, pas dans la règle.")
        if name in _HEURES:
            raise RegleRefusee("Les heures se disent dans la plage, pas dans sa répétition.")
        if name not in _CONNUES or not equals or not value or name in parts:
            raise RegleRefusee(
                "Cette répétition n'est pas comprise\u00a0: choisissez des jours de la semaine ou du mois."
            )
        parts[name] = value
    return parts


def _read_intervalle(text: str) -> int:
    if not _ENTIER.fullmatch(text) or not 1 <= int(text) <= INTERVALLE_MAX:
        raise RegleRefusee(f"Une plage se répète toutes les 1 à {INTERVALLE_MAX}\u00a0périodes.")
    return int(text)


def _read_jours(text: str) -> tuple[tuple[int, int], ...]:
    found = []
    for part in text.split(","):
        match = _JOUR.fullmatch(part)
        if match is None or (match[1] and not 1 <= abs(int(match[1])) <= 5):
            raise RegleRefusee("Un jour de la semaine se compte du premier au cinquième, ou depuis la fin du mois.")
        found.append((int(match[1] or 0), CODES.index(match[2])))
    return _once(found, "jour de la semaine")


def _read_entiers(text: str, quoi: str) -> tuple[int, ...]:
    parts = text.split(",")
    if not all(_ENTIER.fullmatch(part) and 1 <= abs(int(part)) <= RANGS_MAX for part in parts):
        raise RegleRefusee(f"Un {quoi} va de 1 à {RANGS_MAX}, ou de -1 à -{RANGS_MAX} depuis la fin du mois.")
    return _once([int(part) for part in parts], quoi)


def _once(values: list[T], quoi: str) -> tuple[T, ...]:
    if len(set(values)) < len(values):
        raise RegleRefusee(f"Le même {quoi} est donné deux fois.")
    return tuple(values)


def _check_together(read: Regle) -> None:
    monthly = read.freq == "MONTHLY"
    if not monthly and any(nth for nth, _ in read.jours):
        raise RegleRefusee("«\u00a0Le deuxième mardi\u00a0» ne se dit que d'une répétition par mois.")
    if read.freq == "WEEKLY" and read.quantiemes:
        raise RegleRefusee("Une répétition par semaine choisit des jours de la semaine, pas des jours du mois.")
    if read.rangs and not (monthly and (read.jours or read.quantiemes)):
        raise RegleRefusee("Un rang se choisit parmi des jours, dans une répétition par mois.")
    if monthly and read.quantiemes and any(nth for nth, _ in read.jours):
        raise RegleRefusee("Choisissez des jours du mois, ou «\u00a0le deuxième mardi\u00a0», pas les deux.")
