"""Occurrences follow their rules: in the rule's transaction, night after night, and when a lieu changes zone."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collectivites.models import Collectivite, Lieu
from rendezvous.models import (
    Guichet,
    Indisponibilite,
    Motif,
    OccurrenceIndisponible,
    OccurrencePlage,
    PlageMotif,
    PlageOuverture,
    Ressource,
)
from rendezvous.offre.projection import HORIZON_JOURS, extend_town, project_indisponibilite, project_plage
from rendezvous.tasks import extend_offre_ville, extend_offres
from tests.rendezvous.monde import make_lieu, make_ressource

LUNDI = date(2026, 11, 23)
Ouvrir = Callable[..., PlageOuverture]


@pytest.fixture
def ouvrir(ressource: Ressource, lieu: Lieu, motif: Motif) -> Ouvrir:
    """A range without occurrences yet: nine to noon on weekdays."""

    def fabrique(**fields: object) -> PlageOuverture:
        asked = {"ressource": ressource, "lieu": lieu, "premier_on": LUNDI, "blocs": [[540, 720]],
                 "regle": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"} | fields  # fmt: skip
        plage = PlageOuverture.objects.create(**asked)
        PlageMotif.objects.create(plage=plage, motif=motif)
        return plage

    return fabrique


def list_debuts(plage: PlageOuverture) -> list[datetime]:
    return list(OccurrencePlage.objects.filter(plage=plage).order_by("debut_at").values_list("debut_at", flat=True))


def test_a_year_of_mornings_is_a_few_statements_and_only_the_difference_is_written(ouvrir: Ouvrir) -> None:
    plage = ouvrir(blocs=[[540, 720], [810, 1020]])
    with CaptureQueriesContext(
        connection,
    ) as queries:
        added = project_plage(plage, du=LUNDI)
    assert (added, len(queries)) == (2 * 287, 2)
    kept = OccurrencePlage.objects.get(plage=plage, jour=LUNDI, debut_at=datetime(2026, 11, 23, 8, tzinfo=UTC)).pk
    plage.blocs, plage.exceptions = [[540, 720]], [date(2026, 11, 24)]
    with CaptureQueriesContext(connection) as queries:
        assert project_plage(plage, du=LUNDI) == 0
    assert (len(list_debuts(plage)), len(queries)) == (286, 2)
    assert OccurrencePlage.objects.filter(pk=kept).exists()


def test_nine_o_clock_stays_nine_over_the_four_changes_of_time(ouvrir: Ouvrir) -> None:
    plage = ouvrir(premier_on=date(2026, 3, 28), regle="FREQ=DAILY", jusqu_on=date(2027, 11, 1))
    project_plage(plage, du=date(2026, 3, 28), au=date(2027, 11, 1))
    starts = {each.jour: each.debut_at.hour for each in OccurrencePlage.objects.filter(plage=plage)}
    days = [date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25),
            date(2027, 3, 27), date(2027, 3, 28), date(2027, 10, 30), date(2027, 10, 31)]  # fmt: skip
    assert [starts[day] for day in days] == [8, 7, 7, 8, 8, 7, 7, 8]


def test_each_night_adds_a_day_and_twice_adds_nothing(ouvrir: Ouvrir, at: datetime) -> None:
    plage, closed = ouvrir(regle="FREQ=DAILY"), ouvrir(is_active=False)
    first = extend_town(at=at)
    assert first == HORIZON_JOURS + 1 - 4  # from Monday on
    assert extend_town(at=at) == 0
    assert extend_town(at=at + timedelta(days=1)) == 1
    assert list_debuts(plage)[-1].date() == at.date() + timedelta(days=HORIZON_JOURS + 1)
    assert not list_debuts(closed)


def test_the_night_rights_what_was_touched_and_leaves_the_past(ouvrir: Ouvrir, at: datetime) -> None:
    plage = ouvrir(regle="FREQ=DAILY", premier_on=date(2026, 11, 1))
    project_plage(plage, du=date(2026, 11, 1))
    whole = list_debuts(plage)
    OccurrencePlage.objects.filter(jour__in=[date(2026, 11, 2), LUNDI]).delete()
    extend_town(at=at)
    assert set(whole) - set(list_debuts(plage)) == {datetime(2026, 11, 2, 8, tzinfo=UTC)}


def test_a_lieu_that_changes_zone_opens_at_its_own_nine(ouvrir: Ouvrir, lieu: Lieu, at: datetime) -> None:
    plage = ouvrir()
    extend_town(at=at)
    Lieu.objects.filter(pk=lieu.pk).update(fuseau="Indian/Reunion")
    extend_town(at=at)
    assert {start.hour for start in list_debuts(plage)} == {5}
    assert OccurrencePlage.objects.filter(plage=plage).count() == len(set(list_debuts(plage)))


def test_several_ranges_take_no_more_statements_than_one(ouvrir: Ouvrir, at: datetime) -> None:
    counts = []
    for each in (1, 4):
        for _ in range(each):
            ouvrir(jusqu_on=date(2026, 12, 15))
        with CaptureQueriesContext(connection) as queries:
            assert extend_town(at=at) == each * 17
        counts.append(len(queries))
    assert counts[0] == counts[1]


def take(**fields: object) -> Indisponibilite:
    defaults = {"debut_on": LUNDI, "fin_on": LUNDI, "created_at": datetime(2026, 11, 1, tzinfo=UTC)}
    return Indisponibilite.objects.create(**(defaults | fields))


def test_one_stretch_is_one_row_in_the_zone_of_its_lieu(ville: Collectivite, at: datetime) -> None:
    far = make_lieu("Mairie annexe", fuseau="America/Guadeloupe")
    counter = make_ressource(Guichet.objects.create(lieu=far, libelle="Guichet 1"))
    long = take(lieu=far, debut_minute=600, fin_on=date(2026, 11, 27), fin_minute=720)
    of_town, of_counter = take(), take(ressource=counter, debut_minute=540, fin_minute=600)
    for rule in (long, of_town, of_counter):
        project_indisponibilite(rule, du=LUNDI)
    found = {each.indisponibilite_id: (each.debut_at, each.fin_at) for each in OccurrenceIndisponible.objects.all()}
    assert found == {
        long.pk: (datetime(2026, 11, 23, 14, tzinfo=UTC), datetime(2026, 11, 27, 16, tzinfo=UTC)),
        of_town.pk: (datetime(2026, 11, 22, 23, tzinfo=UTC), datetime(2026, 11, 23, 23, tzinfo=UTC)),
        of_counter.pk: (datetime(2026, 11, 23, 13, tzinfo=UTC), datetime(2026, 11, 23, 14, tzinfo=UTC)),
    }
    assert extend_town(at=at) == 0


def test_a_weekly_meeting_takes_its_hour_night_after_night(ressource: Ressource, at: datetime) -> None:
    rule = take(ressource=ressource, regle="FREQ=WEEKLY;BYDAY=TU", fin_on=None, debut_minute=840, fin_minute=900)
    extend_town(at=at)
    before = OccurrenceIndisponible.objects.filter(indisponibilite=rule).count()
    extend_town(at=at + timedelta(days=7))
    hours = {each.debut_at.astimezone(UTC).hour for each in OccurrenceIndisponible.objects.all()}
    assert (before, OccurrenceIndisponible.objects.count(), hours) == (57, 58, {12, 13})


def test_the_task_asks_each_active_town(ouvrir: Ouvrir, ville: Collectivite, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, ...]] = []
    Collectivite.objects.create(slug="fermee", nom="Fermée", is_active=False)
    monkeypatch.setattr(extend_offre_ville, "apply_async", lambda args, **_: asked.append(args))
    plage = ouvrir()
    extend_offres()
    assert asked == [(ville.pk,)]
    extend_offre_ville(ville.pk)
    assert list_debuts(plage)
