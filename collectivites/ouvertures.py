"""The open minutes of a collectivité, or of one of its places, as its settings say."""

from datetime import date, timedelta

from django.db.models import Q

from collectivites.minutes import PATIENCE, Ouverture
from collectivites.models import Collectivite, Fermeture, Horaire, Lieu
from collectivites.plages import Plage

BUREAU: dict[int, tuple[Plage, ...]] = dict.fromkeys(range(5), ((9 * 60, 18 * 60),))  # no hours known yet


def read_ouverture(collectivite: Collectivite, *, depuis: date, lieu: Lieu | None = None) -> Ouverture:
    """Read when the active collectivité is open (two queries): as soon as one of its places is, or that very `lieu`.

    A place that closes alone does not stop the clock of the others. Without any hours: Monday to Friday, 9 h to 18 h.
    """
    ranges = Horaire.objects.filter(lieu=lieu) if lieu else Horaire.objects.filter(lieu__is_active=True)
    week: dict[int, list[Plage]] = {}
    for jour, start, end in ranges.values_list("jour", "debut_minute", "fin_minute"):
        week.setdefault(jour, []).append((start, end))
    return Ouverture(
        fuseau=lieu.fuseau if lieu else collectivite.fuseau,
        plages={jour: join_plages(found) for jour, found in week.items()} or BUREAU,
        fermetures=_read_fermetures(depuis, lieu),
        zone=collectivite.zone_feries,
    )


def join_plages(plages: list[Plage]) -> tuple[Plage, ...]:
    """Return the union of the ranges of one day, in order, without overlap."""
    joined: list[Plage] = []
    for start, end in sorted(plages):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _read_fermetures(depuis: date, lieu: Lieu | None) -> frozenset[date]:
    concerned = Q(lieu=None) | Q(lieu=lieu) if lieu else Q(lieu=None)
    closed: set[date] = set()
    spans = Fermeture.objects.filter(concerned, fin_on__gte=depuis).values_list("debut_on", "fin_on")
    for start, end in spans:
        first = max(start, depuis)
        closed |= {first + timedelta(days=n) for n in range(min((end - first).days + 1, 2 * PATIENCE))}
    return frozenset(closed)
