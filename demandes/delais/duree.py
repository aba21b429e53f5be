"""A length of time as texts and promises write it: « 2 mois », « 10 jours ouvrés », « 480 minutes ouvrées »."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from demandes.delais.calcul import count
from demandes.delais.jours import add_jours_ouvres, add_mois


class Unite(StrEnum):
    """What is counted."""

    MINUTES_OUVREES = "minutes_ouvrees"
    JOURS_OUVRES = "jours_ouvres"
    JOURS = "jours"
    SEMAINES = "semaines"
    MOIS = "mois"


LIBELLES = {
    Unite.MINUTES_OUVREES: ("minute ouvrée", "minutes ouvrées"),
    Unite.JOURS_OUVRES: ("jour ouvré", "jours ouvrés"),
    Unite.JOURS: ("jour", "jours"),
    Unite.SEMAINES: ("semaine", "semaines"),
    Unite.MOIS: ("mois", "mois"),
}
MAXIMA = {  # a century of days, ten years of business days and minutes: beyond, it is a slip of the keyboard
    Unite.MINUTES_OUVREES: 5_000_000,
    Unite.JOURS_OUVRES: 3660,
    Unite.JOURS: 36_600,
    Unite.SEMAINES: 5_220,
    Unite.MOIS: 1_200,
}


@dataclass(frozen=True)
class Duree:
    """`valeur` of `unite`, at least one."""

    valeur: int
    unite: Unite

    def __str__(self) -> str:
        return count(self.valeur, *LIBELLES[self.unite])

    def add_to(self, day: date, zone: str | None) -> date:
        """Return the last day of the delay that starts on `day`, which does not count (minutes: TypeError)."""
        if self.unite == Unite.MOIS:
            return add_mois(day, self.valeur)
        if self.unite == Unite.JOURS_OUVRES:
            return add_jours_ouvres(day, self.valeur, zone)
        if self.unite == Unite.MINUTES_OUVREES:
            raise TypeError("minutes have no day")
        return day + timedelta(days=self.valeur * (7 if self.unite == Unite.SEMAINES else 1))


UN_JOUR_OUVRE = Duree(1, Unite.JOURS_OUVRES)
DIX_JOURS_OUVRES = Duree(10, Unite.JOURS_OUVRES)
UN_MOIS = Duree(1, Unite.MOIS)
DEUX_MOIS = Duree(2, Unite.MOIS)
