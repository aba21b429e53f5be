"""The promise of the service: business minutes, business days or plain days, less the pauses."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import islice

from collectivites.calendrier import AucunJourOuvre
from collectivites.minutes import (
    PATIENCE,
    TOUJOURS,
    Intervalle,
    Ouverture,
    add_business_minutes,
    count_business_minutes,
    merge_pauses,
)
from demandes.delais.calcul import Promesse, count, end_of_day, tell_instant, tell_jour
from demandes.delais.duree import Duree, Unite
from demandes.delais.suspensions import LIBELLES, Arret, merge_days
from socle.ecriture import write_duree

_MONTRES = 12  # days not counted told one by one; beyond, their number


def compute_engagement(
    debut: datetime, duree: Duree, ouverture: Ouverture, *, arrets: Iterable[Arret] = ()
) -> Promesse:
    """Return the instant promised, with its reasoning, in the zone of the place.

    Minutes: the first instant at which that many open minutes have run. Business days: the end of the last range of
    the nth open day after the day of reception; a day that ends while the clock is stopped does not count. Plain days,
    weeks, months: the end of that day, later by the days suspended. Raises AucunJourOuvre, OverflowError.
    """
    stops = sorted(arrets, key=lambda arret: arret.debut)
    at = _COMPTES[duree.unite](debut, duree, ouverture, stops)
    lines = [
        f"Reçue le {tell_instant(debut, ouverture.local)} (heure locale, {ouverture.fuseau}).",
        f"Engagement\u00a0: {duree}.",
    ]
    if duree.unite in {Unite.MINUTES_OUVREES, Unite.JOURS_OUVRES}:
        lines += _tell_closed(debut, at, ouverture)
    lines += [_tell_stop(arret, debut, at, duree, ouverture) for arret in stops if at is None or arret.debut < at]
    if at is None:
        lines.append("L'horloge est arrêtée\u00a0: l'échéance sera connue à la reprise.")
    else:
        lines.append(f"Échéance\u00a0: {tell_instant(at, ouverture.local)}.")
    return Promesse(at, tuple(lines))


def _in_minutes(debut: datetime, duree: Duree, ouverture: Ouverture, stops: Sequence[Arret]) -> datetime | None:
    return add_business_minutes(debut, duree.valeur, ouverture, pauses=[stop.as_pause() for stop in stops])


def _in_business_days(debut: datetime, duree: Duree, ouverture: Ouverture, stops: Sequence[Arret]) -> datetime | None:
    pauses, left, closed = merge_pauses(stop.as_pause() for stop in stops), duree.valeur, 0
    day = ouverture.get_day(debut)
    while closed < PATIENCE:
        day += timedelta(days=1)
        intervals = ouverture.list_intervals(day)
        closed = 0 if intervals else closed + 1
        if not intervals:
            continue
        stopped = _find_pause(intervals[-1][1], pauses)
        if stopped is not None and stopped[1] == TOUJOURS:
            return None
        left -= stopped is None
        if left == 0:
            return intervals[-1][1].astimezone(ouverture.local)
    raise AucunJourOuvre("Ce calendrier n'a aucun jour d'ouverture\u00a0: l'échéance ne peut pas être calculée.")


def _find_pause(instant: datetime, pauses: Sequence[Intervalle]) -> Intervalle | None:
    """Return the pause that holds the clock at this end of day: one that begins right then stops nothing."""
    return next((pause for pause in pauses if pause[0] < instant <= pause[1]), None)


def _in_days(debut: datetime, duree: Duree, ouverture: Ouverture, stops: Sequence[Arret]) -> datetime | None:
    day = ouverture.get_day(debut)
    due = duree.add_to(day, ouverture.zone)
    for first, last in merge_days(stop.read_days(ouverture.fuseau) for stop in stops):
        if first > due:
            break
        if last is None:
            return None
        due += timedelta(days=max(0, (last - max(first, day)).days))
    return end_of_day(due, ouverture.fuseau)


_COMPTES = {
    Unite.MINUTES_OUVREES: _in_minutes,
    Unite.JOURS_OUVRES: _in_business_days,
    Unite.JOURS: _in_days,
    Unite.SEMAINES: _in_days,
    Unite.MOIS: _in_days,
}


def _tell_closed(debut: datetime, at: datetime | None, ouverture: Ouverture) -> list[str]:
    """Say which days, open by their weekday, were not counted: « Mercredi 11 novembre 2026 : Armistice de 1918 »."""
    if at is None:
        return []
    first, last = ouverture.get_day(debut), ouverture.get_day(at)
    days = [(day, ouverture.find_motif(day)) for day in _range(first, last) if ouverture.plages.get(day.weekday())]
    closed = [(day, motif) for day, motif in days if motif]
    lines = [f"{tell_jour(day).capitalize()} ({motif}), non compté." for day, motif in islice(closed, _MONTRES)]
    if len(closed) > _MONTRES:
        lines.append(f"Et {count(len(closed) - _MONTRES, 'autre jour', 'autres jours')} de fermeture.")
    return lines


def _range(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _tell_stop(arret: Arret, debut: datetime, at: datetime | None, duree: Duree, ouverture: Ouverture) -> str:
    """Say what one stop took away."""
    first, what = tell_instant(arret.debut, ouverture.local), LIBELLES[arret.nature]
    if arret.fin is None:
        return f"Arrêtée depuis le {first} ({what})."
    told = f"Arrêtée du {first} au {tell_instant(arret.fin, ouverture.local)} ({what})"
    if duree.unite != Unite.MINUTES_OUVREES:
        return f"{told}."
    lost = count_business_minutes(max(arret.debut, debut), min(arret.fin, at or arret.fin), ouverture)
    return f"{told}\u00a0: {write_duree(timedelta(minutes=lost))} d'ouverture non comptées."
