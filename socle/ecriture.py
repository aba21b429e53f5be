"""How instants, durations and sizes are written in French, on screens, in SMS and in letters.

Pure rules: the instant « now » is always given. Spaces inside an expression are no-break (U+00A0).
Source: Imprimerie nationale, Lexique des règles typographiques, « Heures », « Abréviations ».
"""

from datetime import date, datetime, timedelta

from django.utils import timezone

JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MOIS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
MOIS_COURTS = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."
)  # fmt: skip
ESPACE = "\u00a0"
MINUTE, HEURE, JOUR = 60, 3600, 86_400
KILO = 1024
PETIT = 10  # below, a size keeps one decimal
PROCHE = 14  # days: beyond, a date says more than a count


def local(instant: datetime) -> datetime:
    """Return the instant on the wall clock of the active time zone."""
    return timezone.localtime(instant) if timezone.is_aware(instant) else instant


def write_heure(instant: datetime, *, pleine: bool = False) -> str:
    """Return « 9 h 40 », and « 17 h » on the hour unless `pleine` asks for « 17 h 00 »."""
    clock = local(instant)
    minutes = f"{ESPACE}{clock.minute:02}" if clock.minute or pleine else ""
    return f"{clock.hour}{ESPACE}h{minutes}"


def _day(instant: date) -> date:
    return local(instant).date() if isinstance(instant, datetime) else instant


def _number(day: date) -> str:
    return "1er" if day.day == 1 else str(day.day)


def write_jour(instant: date, *, annee: bool = False) -> str:
    """Return « mardi 24 novembre », with the year if asked."""
    day = _day(instant)
    year = f"{ESPACE}{day.year}" if annee else ""
    return f"{JOURS[day.weekday()]} {_number(day)}{ESPACE}{MOIS[day.month - 1]}{year}"


def write_jour_court(instant: date, *, now: datetime) -> str:
    """Return « 24 nov. », with the year when it is not the current one."""
    day = _day(instant)
    year = f"{ESPACE}{day.year}" if day.year != local(now).year else ""
    return f"{_number(day)}{ESPACE}{MOIS_COURTS[day.month - 1]}{year}"


def write_date(instant: date) -> str:
    """Return « 24/11/2026 »."""
    return f"{_day(instant):%d/%m/%Y}"


def write_long(instant: date, *, annee: bool = False) -> str:
    """Return « mardi 24 novembre à 9 h 40 »; a plain date has no hour."""
    day = write_jour(instant, annee=annee)
    return f"{day} à {write_heure(instant)}" if isinstance(instant, datetime) else day


def write_court(instant: date, *, now: datetime) -> str:
    """Return « 12 nov., 16 h 40 »; a plain date has no hour."""
    day = write_jour_court(instant, now=now)
    return f"{day}, {write_heure(instant)}" if isinstance(instant, datetime) else day


def write_duree(duration: timedelta | float) -> str:
    """Return « 40 s », « 18 min », « 1 h 05 » or « 2 j » for a duration or a number of seconds."""
    seconds = int(duration.total_seconds() if isinstance(duration, timedelta) else duration)
    if seconds < MINUTE:
        return f"{seconds}{ESPACE}s"
    if seconds < HEURE:
        return f"{seconds // MINUTE}{ESPACE}min"
    if seconds < JOUR:
        minutes = seconds % HEURE // MINUTE
        return f"{seconds // HEURE}{ESPACE}h" + (f"{ESPACE}{minutes:02}" if minutes else "")
    return f"{seconds // JOUR}{ESPACE}j"


def _round(seconds: int) -> str:
    """Write only the largest unit: « 3 h » for 3 h 20."""
    unit, name = (JOUR, "j") if seconds >= JOUR else (HEURE, "h") if seconds >= HEURE else (MINUTE, "min")
    return f"{max(1, seconds // unit)}{ESPACE}{name}"


def write_relatif(instant: datetime, *, now: datetime) -> str:
    """Return « à l'instant », « il y a 4 min », « dans 3 h »; beyond a week, the short date."""
    seconds = int((now - instant).total_seconds())
    if abs(seconds) >= 7 * JOUR:
        return write_court(instant, now=now)
    if abs(seconds) < MINUTE:
        return "à l'instant"
    return f"il y a {_round(seconds)}" if seconds > 0 else f"dans {_round(-seconds)}"


def write_echeance(instant: datetime, *, now: datetime) -> str:
    """Return what a deadline means now: « en retard de 2 j », « aujourd'hui à 17 h », « dans 3 j », « 12 janv. »."""
    days = (_day(instant) - _day(now)).days
    if instant < now:
        late = f"{-days}{ESPACE}j" if days else _round(int((now - instant).total_seconds()))
        return f"en retard de {late}"
    if days == 0:
        return f"aujourd'hui à {write_heure(instant)}"
    if days == 1:
        return f"demain à {write_heure(instant)}"
    return f"dans {days}{ESPACE}j" if days <= PROCHE else write_jour_court(instant, now=now)


def write_taille(octets: int) -> str:
    """Return « 840 Ko », « 1,2 Mo » (1 Ko = 1 024 octets, as file browsers count)."""
    if octets < KILO:
        return f"{octets}{ESPACE}octet{'s' if octets > 1 else ''}"
    value, unit = (octets / KILO, "Ko") if octets < KILO**2 else (octets / KILO**2, "Mo")
    shown = f"{value:.1f}" if value < PETIT else f"{value:.0f}"
    return f"{shown.removesuffix('.0').replace('.', ',')}{ESPACE}{unit}"


def write_milliers(number: float) -> str:
    """Return « 12 345 » or « 91,4 »."""
    return f"{number:,}".replace(",", ESPACE).replace(".", ",")
