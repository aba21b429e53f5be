"""French public holidays, computed: eleven national days (Code du travail, L3133-1) and those of each zone.

Sources of the zones: L3134-13 (Alsace-Moselle), L3422-2 (abolition of slavery, overseas), dates published by the State
(etalab/jours-feries-france-data), against which tests/collectivites/test_feries.py checks every zone. Good Friday is a
holiday only in the communes of Alsace-Moselle with a Protestant temple or a mixed church: a town without one works
that day and says so nowhere else, so we follow the published calendar. A territory's own further days (New Caledonia)
are closures of the collectivité.
"""

from datetime import date, timedelta
from functools import lru_cache

_FIXED = (
    (1, 1, "Jour de l'an"),
    (5, 1, "Fête du Travail"),
    (5, 8, "Victoire de 1945"),
    (7, 14, "Fête nationale"),
    (8, 15, "Assomption"),
    (11, 1, "Toussaint"),
    (11, 11, "Armistice de 1918"),
    (12, 25, "Noël"),
)
_FROM_EASTER = ((1, "Lundi de Pâques"), (39, "Ascension"), (50, "Lundi de Pentecôte"))  # days after Easter Sunday
_ABOLITION = {
    "mayotte": (4, 27),
    "martinique": (5, 22),
    "guadeloupe": (5, 27),
    "saint_martin": (5, 28),
    "guyane": (6, 10),
    "saint_barthelemy": (10, 9),
    "reunion": (12, 20),
}
_MATARII_SINCE = 2026  # Polynésie: Matari'i i ni'a, 20 November, replaces 29 June


def compute_easter(annee: int) -> date:
    """Return Easter Sunday of a Gregorian year (Meeus, Astronomical Algorithms, ch. 8)."""
    a, (b, c) = annee % 19, divmod(annee, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    shift = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * shift) // 451
    month, day = divmod(h + shift - 7 * m + 114, 31)
    return date(annee, month, day + 1)


@lru_cache(maxsize=256)
def compute_feries(annee: int, zone: str) -> dict[date, str]:
    """Return {day: name} for one year; `zone` is a value of Collectivite.ZoneFeries. Do not change the result."""
    easter = compute_easter(annee)
    days = {easter + timedelta(days=gap): name for gap, name in _FROM_EASTER}
    days |= {date(annee, month, day): name for month, day, name in (*_FIXED, *_of_zone(zone, annee))}
    if zone == "alsace_moselle":
        days[easter - timedelta(days=2)] = "Vendredi saint"
    return dict(sorted(days.items()))


def _of_zone(zone: str, annee: int) -> list[tuple[int, int, str]]:
    if zone in _ABOLITION:
        return [(*_ABOLITION[zone], "Abolition de l'esclavage")]
    if zone == "alsace_moselle":
        return [(12, 26, "Deuxième jour de Noël")]
    if zone == "polynesie" and annee >= _MATARII_SINCE:
        return [(11, 20, "Matari'i i ni'a")]
    return []


def is_ferie(day: date, zone: str | None) -> bool:
    """True when `day` is a public holiday of the zone; no zone, no holiday."""
    return zone is not None and day in compute_feries(day.year, zone)
