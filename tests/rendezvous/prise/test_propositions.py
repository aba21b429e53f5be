"""Where to move what an absence leaves: nearest first, never the same place for two. Pure."""

from datetime import UTC, date, datetime, timedelta

from rendezvous.absences.propositions import Situe, Touche, assign
from rendezvous.creneaux.modele import Creneau

LUNDI = date(2026, 11, 23)
VINGT = timedelta(minutes=20)


def slot(jours: int, minute: int, *, lieu: int = 1, ressource: int = 2, places: int = 1) -> Situe:
    day = LUNDI + timedelta(days=jours)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute)
    return Situe(Creneau(start, start + VINGT, lieu, ressource, 1, 7, None, places), day, minute)


def touche(pk: int, minute: int, *, jours: int = 0) -> Touche:
    return Touche(pk, 7, 1, 1, LUNDI + timedelta(days=jours), minute, VINGT)


def first(found: dict[int, list[Creneau]], pk: int) -> tuple[int, int, int] | None:
    kept = found[pk]
    if not kept:
        return None
    start = kept[0].debut_at
    return (start.date() - LUNDI).days, start.hour * 60 + start.minute, kept[0].lieu_id


def test_the_same_lieu_then_the_same_day_then_the_nearest_hour() -> None:
    offres = {(7, 1): [slot(0, 540, lieu=9), slot(1, 600), slot(0, 700), slot(0, 620), slot(-1, 600)]}
    found = assign([touche(1, 600)], offres)
    assert first(found, 1) == (0, 620, 1)
    assert [each.lieu_id for each in found[1]] == [1, 1, 1, 9]  # the day before was not promised


def test_two_are_never_sent_to_one_place() -> None:
    found = assign([touche(1, 600), touche(2, 600)], {(7, 1): [slot(0, 600), slot(0, 610), slot(0, 640)]})
    assert first(found, 1) == (0, 600, 1)
    assert first(found, 2) == (0, 640, 1)  # 10:10 overlaps the first


def test_a_counter_of_two_places_takes_two_and_no_more() -> None:
    found = assign([touche(n, 600) for n in (1, 2, 3)], {(7, 1): [slot(0, 600, places=2)]})
    assert [first(found, n) for n in (1, 2, 3)] == [(0, 600, 1), (0, 600, 1), None]


def test_another_resource_at_the_same_hour_is_best() -> None:
    found = assign([touche(1, 600), touche(2, 600)], {(7, 1): [slot(0, 600), slot(0, 600, ressource=3)]})
    assert {found[1][0].ressource_id, found[2][0].ressource_id} == {2, 3}
