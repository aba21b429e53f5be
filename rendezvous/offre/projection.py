"""From rules to instants: the occurrences that search and booking read.

Expected rows are computed whole and compared with those that stand; only the difference is written, in a few
statements. So the same code serves the transaction of a rule, the nightly extension, a lieu that changes time zone,
and a repair. Public holidays and closures are not taken out: search reads them live.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from django.db.models import Model, Q, QuerySet

from collectivites.cloison import get_active_id
from collectivites.models import Collectivite
from rendezvous.heures import get_day
from rendezvous.models import Indisponibilite, OccurrenceIndisponible, OccurrencePlage, PlageOuverture
from rendezvous.offre.instants import expand_blocs, expand_indisponibilite
from rendezvous.offre.recurrence import list_days

HORIZON_JOURS = 400  # the farthest a motif may be booked (366 days), and a month
LOT = 100  # rules taken at a time: some 60,000 occurrences
ECRITURE = 2000  # rows in one INSERT
M = TypeVar("M", PlageOuverture, Indisponibilite)
R = TypeVar("R", "Ouverte", "Prise")


class Ouverte(NamedTuple):
    """One occurrence of a range, as compared."""

    plage_id: int
    ressource_id: int
    lieu_id: int
    jour: date
    debut_at: datetime
    fin_at: datetime
    capacite: int
    is_ferie_travaille: bool


class Prise(NamedTuple):
    """One occurrence of an unavailability, as compared."""

    indisponibilite_id: int
    ressource_id: int | None
    lieu_id: int | None
    debut_at: datetime
    fin_at: datetime


class Fenetre(NamedTuple):
    """Local days rewritten, from `du` to `au` included. Not `is_bornee`: whatever stood after `au` goes as well."""

    du: date
    au: date
    is_bornee: bool = True

    def holds(self, jour: date) -> bool:
        """True when rows of this day are ours to rewrite."""
        return self.du <= jour and (jour <= self.au or not self.is_bornee)


def project_plage(plage: PlageOuverture, *, du: date, au: date | None = None) -> int:
    """Rewrite the occurrences of a range from the local day `du` to `au` or the horizon; return how many were added.

    A retired range keeps none.
    """
    return _align_plages([plage], {plage.pk: _open_window(du, au)})


def project_indisponibilite(
    indisponibilite: Indisponibilite, *, du: date, au: date | None = None, fuseau: str = ""
) -> int:
    """Rewrite the occurrences of an unavailability from the local day `du`; return how many were added.

    `fuseau`: its zone, when the caller has read it.
    """
    window = {indisponibilite.pk: _open_window(du, au)}
    return _align_indisponibilites(
        [indisponibilite], window, {indisponibilite.pk: fuseau or get_fuseau(indisponibilite)}
    )


def extend_town(*, at: datetime) -> int:
    """Bring every rule of the active town up to the horizon, and right what no longer fits its rule; rows added.

    Rules are locked a batch at a time: an agent who saves one meanwhile waits, then is right.
    """
    yesterday = at.date() - timedelta(days=1)  # a day early: the zone of each lieu decides below
    plages = PlageOuverture.objects.filter(Q(jusqu_on__gte=yesterday) | Q(jusqu_on=None), is_active=True)
    taken = Indisponibilite.objects.filter(Q(fin_on__gte=yesterday) | Q(fin_on=None))
    added = 0
    for batch in _by_batches(plages.select_related("lieu")):
        added += _align_plages(batch, {each.pk: _night_window(each.lieu.fuseau, at) for each in batch})
    town = str(Collectivite.objects.get(pk=get_active_id()).fuseau)
    for rules in _by_batches(taken.select_related("lieu", "ressource__guichet__lieu")):
        zones = {rule.pk: get_fuseau(rule, town=town) for rule in rules}
        windows = {pk: _night_window(zone, at) for pk, zone in zones.items()}
        added += _align_indisponibilites(rules, windows, zones)
    return added


def get_fuseau(indisponibilite: Indisponibilite, *, town: str = "") -> str:
    """Return the zone of its wall clock: the lieu's, the lieu's of the counter, else the town's."""
    lieu = indisponibilite.lieu
    if lieu is None and indisponibilite.ressource is not None and indisponibilite.ressource.guichet is not None:
        lieu = indisponibilite.ressource.guichet.lieu
    return str(lieu.fuseau) if lieu else town or str(Collectivite.objects.get(pk=get_active_id()).fuseau)


def _open_window(du: date, au: date | None) -> Fenetre:
    return Fenetre(du, au or du + timedelta(days=HORIZON_JOURS), is_bornee=au is not None)


def _night_window(fuseau: str, at: datetime) -> Fenetre:
    today = get_day(at, fuseau)
    return Fenetre(today, today + timedelta(days=HORIZON_JOURS))


def _by_batches(rules: QuerySet[M]) -> Iterator[list[M]]:
    """Yield rules by LOT, each batch locked until the end of the transaction."""
    last = 0
    while batch := list(rules.filter(pk__gt=last).order_by("pk").select_for_update(no_key=True, of=("self",))[:LOT]):
        yield batch
        last = batch[-1].pk


def _align_plages(plages: Sequence[PlageOuverture], windows: Mapping[int, Fenetre]) -> int:
    standing = OccurrencePlage.objects.filter(
        plage_id__in=windows, jour__gte=min(window.du for window in windows.values())
    )
    expected = {row for plage in plages for row in _expect_plage(plage, windows[plage.pk])}
    return _write_difference(
        OccurrencePlage, Ouverte, standing, expected, is_ours=lambda row: windows[row.plage_id].holds(row.jour)
    )


def _expect_plage(plage: PlageOuverture, window: Fenetre) -> Iterator[Ouverte]:
    if not plage.is_active:
        return
    days = list_days(
        plage.regle, premier_on=plage.premier_on, jusqu_on=plage.jusqu_on, exceptions=plage.exceptions,
        du=window.du, au=window.au,
    )  # fmt: skip
    for jour in days:
        for start, end in expand_blocs(jour, plage.blocs, plage.lieu.fuseau):
            yield Ouverte(
                plage.pk, plage.ressource_id, plage.lieu_id, jour, start, end, plage.capacite,
                plage.is_ferie_travaille,
            )  # fmt: skip


def _align_indisponibilites(
    rules: Sequence[Indisponibilite], windows: Mapping[int, Fenetre], zones: Mapping[int, str]
) -> int:
    whole = {rule.pk for rule in rules if not rule.regle}  # one stretch is one row, wherever the window is

    def is_ours(row: Prise) -> bool:
        pk = row.indisponibilite_id
        return pk in whole or windows[pk].holds(get_day(row.debut_at, zones[pk]))

    expected = {
        Prise(rule.pk, rule.ressource_id, rule.lieu_id, start, end)
        for rule in rules
        for start, end in expand_indisponibilite(rule, zones[rule.pk], du=windows[rule.pk].du, au=windows[rule.pk].au)
    }
    standing = OccurrenceIndisponible.objects.filter(indisponibilite_id__in=windows)
    return _write_difference(OccurrenceIndisponible, Prise, standing, expected, is_ours=is_ours)


def _write_difference(
    model: type[Model], row: type[R], standing: QuerySet[Any], expected: set[R], *, is_ours: Callable[[R], bool]
) -> int:
    """Delete what should not stand, add what should: two or three statements a batch."""
    stale, missing = [], set(expected)
    for pk, *values in standing.values_list("pk", *row._fields):
        found = row(*values)
        if found in missing:
            missing.remove(found)
        elif is_ours(found):
            stale.append(pk)
    if stale:
        model._default_manager.filter(pk__in=stale).delete()
    added = [model(**each._asdict()) for each in sorted(missing, key=lambda each: (each[0], each.debut_at))]
    model._default_manager.bulk_create(added, batch_size=ECRITURE)
    return len(added)
