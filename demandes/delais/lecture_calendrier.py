"""Reading the calendar of a case: time zone, ranges of the week, closures, zone of public holidays."""

import re
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from collectivites.minutes import Ouverture
from collectivites.models import Collectivite
from collectivites.plages import Plage
from socle.texte import normalise

JOURS = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")
ALIAS = {"la_reunion": "reunion", "polynesie_francaise": "polynesie", "france": "metropole"}
_HEURE = re.compile(r"\s*(\d{1,2})\s*(?:[:hH]\s*(\d{2})?)(?::00)?\s*")


class CasIllisible(ValueError):
    """The case cannot be read; the message says what to write instead."""


def read_ouverture(data: Any, *, is_promise: bool) -> Ouverture:
    """Return the calendar. Its ranges matter to a promise only: the law ignores them. Raises CasIllisible."""
    if data is None and not is_promise:
        data = {}
    if not isinstance(data, dict):
        raise CasIllisible('Il manque «\u00a0calendrier\u00a0»\u00a0: {"fuseau", "plages", "fermetures", "feries"}.')
    return Ouverture(
        fuseau=_read_fuseau(data.get("fuseau", "Europe/Paris")),
        plages=_read_semaine(data.get("plages") or {}),
        fermetures=frozenset(_read_day(each) for each in read_list(data.get("fermetures"), "fermetures")),
        zone=read_zone(data.get("feries", "metropole")),
    )


def _read_fuseau(value: Any) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError, AttributeError):
        raise CasIllisible(
            f"Fuseau horaire inconnu\u00a0: {quote(value)}. Écrivez par exemple Europe/Paris."
        ) from None
    return str(value)


def read_zone(value: Any) -> str | None:
    """Return the zone of public holidays (« Alsace-Moselle », « la-reunion »…); None: none. Raises CasIllisible."""
    if value in (None, ""):
        return None
    word = re.sub(r"[\s-]+", "_", normalise(value)) if isinstance(value, str) else ""
    zone = ALIAS.get(word, word)
    if zone not in Collectivite.ZoneFeries.values:
        raise CasIllisible(f"Zone de jours fériés inconnue\u00a0: {quote(value)}. Écrivez l'une de celles-ci, ou "
                           f"null\u00a0: {', '.join(Collectivite.ZoneFeries.values)}.")  # fmt: skip
    return zone


def _read_semaine(data: Any) -> dict[int, tuple[Plage, ...]]:
    if not isinstance(data, Mapping):
        raise CasIllisible('Les plages s\'écrivent par jour\u00a0: {"lun": [["08:30", "12:00"]], …}.')
    week: dict[int, tuple[Plage, ...]] = {}
    for name, ranges in data.items():
        key = normalise(str(name))[:3]
        if key not in JOURS:
            raise CasIllisible(f"Jour inconnu dans les plages\u00a0: {quote(name)}. Écrivez {', '.join(JOURS)}.")
        week[JOURS.index(key)] = _read_plages(ranges, name)
    return week


def _read_plages(ranges: Any, name: str) -> tuple[Plage, ...]:
    read = sorted(_read_plage(each, name) for each in read_list(ranges, name))
    if any(start < end for (_, end), (start, _) in pairwise(read)):
        raise CasIllisible(f"Deux plages se chevauchent ({name}).")
    return tuple(read)


def _read_plage(value: Any, name: str) -> Plage:
    if not isinstance(value, list) or len(value) != 2:
        raise CasIllisible(f'Une plage est un couple d\'heures, ["08:30", "12:00"]\u00a0: {quote(value)} ({name}).')
    start, end = (_read_minute(each, name) for each in value)
    if start >= end:
        raise CasIllisible(f"La fermeture doit venir après l'ouverture\u00a0: {quote(value)} ({name}).")
    return start, end


def _read_minute(value: Any, name: str) -> int:
    match = _HEURE.fullmatch(value) if isinstance(value, str) else None
    hour, minute = (int(part or 0) for part in match.groups()) if match else (99, 0)
    if minute > 59 or hour * 60 + minute > 24 * 60:
        raise CasIllisible(f"Heure illisible\u00a0: {quote(value)} ({name}). Écrivez 08:30, ou 24:00 pour minuit.")
    return hour * 60 + minute


def _read_day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise CasIllisible(f"Une fermeture est une date ISO (2026-12-24)\u00a0: {quote(value)}.") from None


def read_list(value: Any, name: str) -> list[Any]:
    """Return a list, empty when there is none. Raises CasIllisible."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise CasIllisible(f"«\u00a0{name}\u00a0» doit être une liste.")
    return value


def quote(value: Any) -> str:
    """« the value », cut at sixty characters."""
    text = str(value)
    return f"«\u00a0{text[:60]}{'…' if len(text) > 60 else ''}\u00a0»"
