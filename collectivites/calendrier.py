"""Business days of a collectivité: the days it opens, less its closures and the public holidays of its zone."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from collectivites.feries import is_ferie
from collectivites.models import Collectivite, Fermeture, Horaire

LUNDI_VENDREDI: frozenset[int] = frozenset(range(5))
FIN_DE_JOURNEE = 18 * 60  # minute of the day at which a business day ends when no opening hours are known
_HORIZON = 3660  # days: a town closed for ten years has no next business day


class AucunJourOuvre(ValueError):
    """No business day can be found: every day of the week is closed."""


@dataclass(frozen=True)
class Calendrier:
    """`ouvert`: weekdays (0 = Monday) → minute of the day when the last place closes; `fermetures`: closed days."""

    fuseau: str = "Europe/Paris"
    zone: str | None = Collectivite.ZoneFeries.METROPOLE
    fermetures: frozenset[date] = frozenset()
    ouvert: dict[int, int] = field(default_factory=lambda: dict.fromkeys(LUNDI_VENDREDI, FIN_DE_JOURNEE))

    def add(self, debut: datetime, jours: int) -> datetime:
        """Return the end of the `jours`-th business day after `debut`. Raises AucunJourOuvre."""
        return add_business_days(
            debut,
            jours,
            fuseau=self.fuseau,
            zone=self.zone,
            fermetures=self.fermetures,
            ouvert=set(self.ouvert),
            fins=self.ouvert,
        )


def add_business_days(
    debut: datetime,
    jours: int,
    *,
    fuseau: str,
    zone: str | None,
    fermetures: Collection[date],
    ouvert: set[int],
    fins: dict[int, int] | None = None,
) -> datetime:
    """Return the end of the nth business day after the local day of `debut` (that day itself does not count).

    The end is `fins[weekday]` (minute of the day, wall clock of `fuseau`), 18 h by default: an offset from UTC is
    never added, so the hour is right on both sides of a change of time. Raises AucunJourOuvre.
    """
    if jours < 1:
        raise ValueError("jours < 1")
    local = ZoneInfo(fuseau)
    day = debut.astimezone(local).date()
    left = jours
    for _ in range(_HORIZON):
        day += timedelta(days=1)
        left -= is_business_day(day, zone=zone, fermetures=fermetures, ouvert=ouvert)
        if left == 0:
            minute = (fins or {}).get(day.weekday(), FIN_DE_JOURNEE)
            return _at_minute(day, minute, local)
    raise AucunJourOuvre("Aucun jour d'ouverture : l'échéance ne peut pas être calculée.")


def is_business_day(day: date, *, zone: str | None, fermetures: Collection[date], ouvert: Collection[int]) -> bool:
    """True when the collectivité works that day."""
    return day.weekday() in ouvert and day not in fermetures and not is_ferie(day, zone)


def _at_minute(day: date, minute: int, local: ZoneInfo) -> datetime:
    if minute >= 24 * 60:
        return datetime.combine(day + timedelta(days=1), time(), local)
    return datetime.combine(day, time(minute // 60, minute % 60), local)


def read_calendrier(collectivite: Collectivite, *, depuis: date) -> Calendrier:
    """Read the calendar of the active collectivité (two queries): hours of its open places, closures of the whole.

    Without any opening hours: Monday to Friday. A place that closes alone does not stop the clock of the others.
    """
    ouvert: dict[int, int] = {}
    for jour, fin in Horaire.objects.filter(lieu__is_active=True).values_list("jour", "fin_minute"):
        ouvert[jour] = max(fin, ouvert.get(jour, 0))
    closed: set[date] = set()
    for start, end in Fermeture.objects.filter(lieu=None, fin_on__gte=depuis).values_list("debut_on", "fin_on"):
        first = max(start, depuis)
        closed |= {first + timedelta(days=n) for n in range(min((end - first).days + 1, _HORIZON))}
    hours = {"ouvert": ouvert} if ouvert else {}
    return Calendrier(fuseau=collectivite.fuseau, zone=collectivite.zone_feries, fermetures=frozenset(closed), **hours)
