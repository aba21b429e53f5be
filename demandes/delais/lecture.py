"""Reading a case written in JSON (ARCHITECTURE §9), with a French sentence for whatever is wrong in it."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from demandes.delais.cas import PAR_DEFAUT, Cas, Regime
from demandes.delais.duree import MAXIMA, Duree, Unite
from demandes.delais.lecture_calendrier import CasIllisible, quote, read_list, read_ouverture
from demandes.delais.suspensions import Arret, Nature, read_nature
from socle.texte import normalise

_ANNEES = range(1900, 2201)


def read_cas(data: Any) -> Cas:
    """Return the case. Raises CasIllisible."""
    if not isinstance(data, dict):
        raise CasIllisible('Le cas doit être un objet JSON\u00a0: {"regime": …, "debut": …}.')
    regime = read_regime(data.get("regime"))
    place = read_ouverture(data.get("calendrier"), is_promise=regime == Regime.ENGAGEMENT)
    debut = read_instant(data.get("debut"), "debut", place.local)
    competent = data.get("debut_competente")
    return Cas(
        regime=regime, debut=debut, duree=read_duree(data.get("duree"), regime), ouverture=place,
        arrets=tuple(_read_arret(each, place.local) for each in read_list(data.get("suspensions"), "suspensions")),
        competente_at=None if competent is None else read_instant(competent, "debut_competente", place.local),
    )  # fmt: skip


def read_regime(value: Any) -> Regime:
    """Return the regime, whatever the case of its letters. Raises CasIllisible."""
    found = next((each for each in Regime if isinstance(value, str) and each.lower() == value.strip().lower()), None)
    if found is None:
        raise CasIllisible(f"Régime inconnu\u00a0: {quote(value)}. Écrivez engagement, SVA, SVR, AEE ou ARE.")
    return found


def read_duree(value: Any, regime: Regime) -> Duree:
    """Return the length of time; a legal regime has its own by default. Raises CasIllisible."""
    if value in (None, {}) and regime in PAR_DEFAUT:
        return PAR_DEFAUT[regime]
    if not isinstance(value, dict) or len(value) != 1 or next(iter(value)) not in set(Unite):
        raise CasIllisible('La durée s\'écrit {"mois": 2}, avec une seule unité\u00a0: ' + ", ".join(Unite) + ".")
    unite, number = Unite(next(iter(value))), next(iter(value.values()))
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= MAXIMA[unite]:
        raise CasIllisible(f"La durée doit être un nombre entier entre 1 et {MAXIMA[unite]}\u00a0: {quote(number)} "
                           "ne convient pas.")  # fmt: skip
    if unite == Unite.MINUTES_OUVREES and regime != Regime.ENGAGEMENT:
        raise CasIllisible("Un délai légal se compte en jours, en semaines ou en mois, pas en minutes ouvrées.")
    return Duree(number, unite)


def read_instant(value: Any, name: str, local: ZoneInfo) -> datetime:
    """Return an instant; without offset it is read on the wall clock of the calendar. Raises CasIllisible."""
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise CasIllisible(f"«\u00a0{name}\u00a0» doit être une date ISO (2026-11-02T09:12:00+01:00)\u00a0: "
                           f"{quote(value)} ne convient pas.") from None  # fmt: skip
    if instant.year not in _ANNEES:
        raise CasIllisible(f"«\u00a0{name}\u00a0»\u00a0: l'année {instant.year} est hors de portée.")
    return instant.replace(tzinfo=local) if instant.tzinfo is None else instant.astimezone(UTC).astimezone(local)


def _read_arret(data: Any, local: ZoneInfo) -> Arret:
    if not isinstance(data, dict):
        raise CasIllisible('Une suspension s\'écrit {"debut": …, "fin": …, "nature": …}.')
    debut = read_instant(data.get("debut"), "suspensions.debut", local)
    fin = None if data.get("fin") is None else read_instant(data["fin"], "suspensions.fin", local)
    if fin is not None and fin < debut:
        raise CasIllisible("Une suspension ne peut pas finir avant de commencer.")
    return Arret(debut, fin, _read_nature(data.get("nature")), _read_jours(data.get("jours")))


def _read_nature(value: Any) -> Nature:
    if value is None:
        return Nature.USAGER
    nature = read_nature(normalise(value)) if isinstance(value, str) else None
    if nature is None:
        raise CasIllisible(f"Nature de suspension inconnue\u00a0: {quote(value)}. Écrivez {', '.join(Nature)}.")
    return nature


def _read_jours(value: Any) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 3660):
        raise CasIllisible(f"Le délai accordé à l'usager est un nombre de jours\u00a0: {quote(value)}.")
    return value
