"""Hours of a day: refusals, and what they last on days of change of time, in Paris and overseas."""

from datetime import UTC, date, datetime, timedelta

import pytest

from rendezvous.heures import to_local
from rendezvous.offre.blocs import BlocsRefuses, check_blocs, check_heures_reelles
from rendezvous.offre.instants import expand_blocs

PRINTEMPS, AUTOMNE = (date(2026, 3, 29), date(2027, 3, 28)), (date(2026, 10, 25), date(2027, 10, 31))
PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("blocs", "phrase"),
    [
        ((), "de 1 à 8"),
        (((0, 10),) * 9, "de 1 à 8"),
        (((600, 540),), "finit avant de commencer"),
        (((1320, 120),), "faites deux plages"),
        (((540, 540),), "ne dure rien"),
        (((540, 1441),), "tient dans la journée"),
        (((-5, 60),), "tient dans la journée"),
        (((540, 720), (700, 800)), "se chevauchent"),
        (((840, 1020), (540, 720)), "dans l'ordre"),
    ],
)
def test_blocks_that_contradict_themselves_are_refused(blocs: tuple[tuple[int, int], ...], phrase: str) -> None:
    with pytest.raises(BlocsRefuses, match=phrase):
        check_blocs(blocs)


def test_blocks_may_touch_and_end_at_midnight() -> None:
    check_blocs([(540, 720), (720, 780), (1380, 1440)])


def test_a_time_that_a_spring_night_skips_is_refused_but_not_2359() -> None:
    with pytest.raises(BlocsRefuses, match="2\u00a0h\u00a030 n'existe pas"):
        check_heures_reelles([(150, 300)], jour=date(2026, 3, 29), fuseau=PARIS)
    for day in (*PRINTEMPS, *AUTOMNE):
        check_heures_reelles([(60, 119), (180, 1439), (1439, 1440)], jour=day, fuseau=PARIS)
    check_heures_reelles([(150, 300)], jour=date(2026, 3, 29), fuseau="Indian/Reunion")
    check_heures_reelles([(150, 300)], jour=date(2026, 10, 25), fuseau=PARIS)


@pytest.mark.parametrize("day", PRINTEMPS + AUTOMNE)
def test_a_morning_lasts_three_hours_and_starts_at_nine_whatever_the_night(day: date) -> None:
    for each in (day - timedelta(1), day, day + timedelta(1)):
        ((start, end),) = expand_blocs(each, [(540, 720)], PARIS)
        assert (to_local(start, PARIS).hour, end - start) == (9, timedelta(hours=3))


def test_a_night_block_lasts_what_really_elapses() -> None:
    lengths = [[end - start for day in days for start, end in expand_blocs(day, [(60, 240)], PARIS)]
               for days in (PRINTEMPS, AUTOMNE)]  # fmt: skip
    assert lengths == [[timedelta(hours=2)] * 2, [timedelta(hours=4)] * 2]


def test_a_time_that_does_not_exist_is_shifted_and_nothing_overlaps() -> None:
    day = date(2026, 3, 29)
    ((start, end),) = expand_blocs(day, [(150, 300)], PARIS)
    assert (start, end) == (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), datetime(2026, 3, 29, 3, tzinfo=UTC))
    assert expand_blocs(day, [(120, 180)], PARIS) == []  # an hour that was not lived
    first, second = expand_blocs(day, [(120, 165), (180, 240)], PARIS)
    assert first[1] == second[0] == datetime(2026, 3, 29, 1, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fuseau", "debut"),
    [
        ("Indian/Reunion", datetime(2026, 7, 14, 5, tzinfo=UTC)),
        ("America/Guadeloupe", datetime(2026, 7, 14, 13, tzinfo=UTC)),
        ("America/Miquelon", datetime(2026, 7, 14, 11, tzinfo=UTC)),
        ("Pacific/Noumea", datetime(2026, 7, 13, 22, tzinfo=UTC)),  # the day before, in UTC as in Paris
        ("Pacific/Tahiti", datetime(2026, 7, 14, 19, tzinfo=UTC)),
    ],
)
def test_nine_o_clock_is_that_of_the_lieu(fuseau: str, debut: datetime) -> None:
    assert expand_blocs(date(2026, 7, 14), [(540, 600)], fuseau) == [(debut, debut + timedelta(hours=1))]


def test_a_block_until_midnight_ends_when_the_next_day_begins() -> None:
    ((_, end),) = expand_blocs(date(2026, 10, 24), [(1320, 1440)], PARIS)
    assert end == expand_blocs(date(2026, 10, 25), [(0, 60)], PARIS)[0][0]
