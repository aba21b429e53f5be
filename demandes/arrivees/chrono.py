"""The n° chrono of a letter received: « CA-2026-0012 », never reused."""

from datetime import datetime
from zoneinfo import ZoneInfo

from collectivites.models import Collectivite
from collectivites.numerotation import draw_number


def draw_chrono(collectivite: Collectivite, *, at: datetime) -> str:
    """Draw the next number of the year of `at`, on the town's clock."""
    annee = at.astimezone(ZoneInfo(collectivite.fuseau)).year
    return f"CA-{annee}-{draw_number(nature='courrier_arrivee', annee=annee):04d}"
