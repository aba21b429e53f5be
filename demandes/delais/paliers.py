"""Steps before, at and after a date: which ones, and when each is due. Pure rules; `demandes.rappels` does them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from collectivites.minutes import PATIENCE, Ouverture
from demandes.delais import reglages
from demandes.delais.jours import add_jours_ouvres
from demandes.delais.projet import Prevue
from demandes.models import NatureEcheance

AVANT, A, APRES, ESCALADE = "avant", "a", "apres", "escalade"
MATIN = time(8)  # of a day without opening hours


@dataclass(frozen=True)
class Palier:
    """One step: its name, when it is done, and the date it speaks of."""

    nature: str
    palier: str
    prevu_at: datetime
    pour_at: datetime


def plan_paliers(
    prevues: list[Prevue], ouverture: Ouverture, valeurs: Mapping[str, int], *, at: datetime
) -> list[Palier]:
    """Return the steps of the dates that are still to keep.

    Of several warnings already past (a letter registered late, a delay resumed), only the last is given; none once
    the date itself has passed.
    """
    planned: list[Palier] = []
    for prevue in prevues:
        if prevue.due_at is not None and prevue.due_on is not None and prevue.met_at is None:
            planned += _keep_useful(list(_list_paliers(prevue, ouverture, valeurs)), prevue, at)
    return planned


def _keep_useful(paliers: list[Palier], prevue: Prevue, at: datetime) -> list[Palier]:
    after = [palier for palier in paliers if palier.palier in {A, APRES, ESCALADE}]
    before = [palier for palier in paliers if palier not in after and palier.prevu_at > prevue.debut_at]
    past = sorted((palier for palier in before if palier.prevu_at <= at), key=lambda palier: palier.prevu_at)
    late = past[-1:] if prevue.due_at is not None and at < prevue.due_at else []
    return late + [palier for palier in before if palier.prevu_at > at] + after


def _list_paliers(prevue: Prevue, ouverture: Ouverture, valeurs: Mapping[str, int]) -> Iterator[Palier]:
    if prevue.due_at is None or prevue.due_on is None:
        return
    for name, prevu_at in _DATES[prevue.nature](prevue, prevue.due_on, ouverture, valeurs):
        yield Palier(prevue.nature, name, prevu_at, prevue.due_at)
    yield Palier(prevue.nature, A, prevue.due_at, prevue.due_at)


Dates = Iterator[tuple[str, datetime]]


def _around_promise(prevue: Prevue, day: date, ouverture: Ouverture, valeurs: Mapping[str, int]) -> Dates:
    if before := valeurs[reglages.AVANT.clef]:
        yield AVANT, open_morning(shift_open_days(day, -before, ouverture), ouverture)
    if after := valeurs[reglages.APRES.clef]:
        yield APRES, open_morning(shift_open_days(day, after, ouverture), ouverture)


def _around_sending(prevue: Prevue, day: date, ouverture: Ouverture, valeurs: Mapping[str, int]) -> Dates:
    yield AVANT, open_morning(day, ouverture)


def _around_receipt(prevue: Prevue, day: date, ouverture: Ouverture, valeurs: Mapping[str, int]) -> Dates:
    if jours := valeurs[reglages.ARE_ESCALADE.clef]:
        asked = add_jours_ouvres(ouverture.get_day(prevue.debut_at), jours, ouverture.zone)
        if asked < day:
            yield ESCALADE, open_morning(asked, ouverture)


def _before_silence(prevue: Prevue, day: date, ouverture: Ouverture, valeurs: Mapping[str, int]) -> Dates:
    for jours in {valeurs[each.clef] for each in reglages.DECISION} - {0}:
        yield f"j-{jours}", open_morning(day - timedelta(days=jours), ouverture)


def _nothing_more(prevue: Prevue, day: date, ouverture: Ouverture, valeurs: Mapping[str, int]) -> Dates:
    return iter(())


_DATES = {
    NatureEcheance.ENGAGEMENT.value: _around_promise,
    NatureEcheance.AEE.value: _around_sending,
    NatureEcheance.ARE.value: _around_receipt,
    NatureEcheance.DECISION.value: _before_silence,
    NatureEcheance.REPONSE.value: _before_silence,
    NatureEcheance.COMPLEMENT.value: _nothing_more,
}


def open_morning(day: date, ouverture: Ouverture) -> datetime:
    """Return when the doors open that day, 8 h on a day they do not."""
    intervals = ouverture.list_intervals(day)
    return intervals[0][0].astimezone(ouverture.local) if intervals else datetime.combine(day, MATIN, ouverture.local)


def shift_open_days(day: date, jours: int, ouverture: Ouverture) -> date:
    """Return the open day `jours` open days after (before, when negative) `day`; a plain day if none opens."""
    step, left, found = (1 if jours > 0 else -1), abs(jours), day
    for _ in range(PATIENCE):
        found += timedelta(days=step)
        left -= bool(ouverture.list_intervals(found))
        if left == 0:
            return found
    return day + timedelta(days=jours)
