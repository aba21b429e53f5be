"""Days when a lieu does not open at all: public holidays it does not work, closures of the lieu or of the town.

The occurrences of a range know nothing of them: they are read live, effective at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from collectivites.feries import compute_feries
from collectivites.models import Fermeture, Lieu


@dataclass(frozen=True)
class Fermetures:
    """Closures of some days: (lieu or None for the whole town, first day, last day, why)."""

    lignes: Sequence[tuple[int | None, date, date, str]] = ()

    @classmethod
    def read(cls, du: date, au: date) -> "Fermetures":
        """Read those that touch these days (one query)."""
        rows = Fermeture.objects.filter(debut_on__lte=au, fin_on__gte=du).order_by("debut_on", "pk")
        return cls(list(rows.values_list(F("lieu_id"), "debut_on", "fin_on", "motif")))

    def find(self, lieu_id: int, jour: date) -> str:
        """Return why this lieu is closed that day, or an empty text."""
        for lieu, first, last, motif in self.lignes:
            if lieu in (None, lieu_id) and first <= jour <= last:
                return motif or "fermeture"
        return ""


def find_ferie(jour: date, *, zone: str, ouverts: Sequence[str], is_travaille: bool) -> str:
    """Return the name of the public holiday that closes that day, or an empty text."""
    name = compute_feries(jour.year, zone).get(jour, "")
    return "" if is_travaille or name in ouverts else name


def find_raison(lieu: Lieu, jour: date, fermetures: Fermetures, *, zone_ville: str, is_travaille: bool) -> str:
    """Return why a range of this lieu does not open that day: « Fête du Travail », « Inventaire »; else nothing."""
    closed = fermetures.find(lieu.pk, jour)
    zone = lieu.zone_feries or zone_ville
    return closed or find_ferie(jour, zone=zone, ouverts=lieu.feries_ouverts, is_travaille=is_travaille)
