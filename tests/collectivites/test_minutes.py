"""Business minutes against a slow oracle that looks at every minute, and what towns do to a calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectivites.calendrier import AucunJourOuvre
from collectivites.feries import is_ferie
from collectivites.minutes import Ouverture, Pause, add_business_minutes, count_business_minutes, merge_pauses

MATIN, APRES_MIDI = (510, 720), (810, 1050)
SEMAINE = dict.fromkeys(range(5), (MATIN, APRES_MIDI))
MAIRIE = Ouverture(plages=SEMAINE)
MINUTE = timedelta(minutes=1)


def at(text: str, fuseau: str = "Europe/Paris") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(fuseau))


def is_open(instant: datetime, ouverture: Ouverture) -> bool:
    """The oracle: what the wall clock says at this very minute."""
    wall = instant.astimezone(ZoneInfo(ouverture.fuseau))
    if wall.date() in ouverture.fermetures or is_ferie(wall.date(), ouverture.zone):
        return False
    minute = wall.hour * 60 + wall.minute
    return any(start <= minute < end for start, end in ouverture.plages.get(wall.weekday(), ()))


def walk(debut: datetime, minutes: int, ouverture: Ouverture, pauses: list[Pause]) -> datetime:
    instant, left = debut.astimezone(UTC), minutes
    while left:
        stopped = any(start <= instant < end for start, end in pauses)
        left -= is_open(instant, ouverture) and not stopped
        instant += MINUTE
    return instant


@st.composite
def ranges(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    edges = sorted(draw(st.sets(st.integers(0, 96).map(lambda n: n * 15), min_size=0, max_size=4)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


weeks = st.dictionaries(st.integers(0, 6), ranges(), max_size=7)
# nights of change of time (Paris, Saint-Pierre), holidays, a change of year, and one zone with a half-hour change
starts = st.sampled_from(
    [
        "2026-03-28T20:07",
        "2026-10-24T21:30",
        "2026-11-10T16:59",
        "2026-12-30T08:00",
        "2027-03-13T22:00",
        "2027-04-03T10:00",
    ]
)
zones = st.sampled_from(
    [("Europe/Paris", "metropole"), ("America/Miquelon", "saint_pierre_et_miquelon"), ("Indian/Reunion", None),
     ("Australia/Lord_Howe", None)]
)  # fmt: skip
gaps = st.lists(st.tuples(st.integers(-300, 6000), st.integers(0, 3000)), max_size=3)


@settings(max_examples=80, deadline=None)
@given(week=weeks, start=starts, zone=zones, closed=st.booleans(), gaps=gaps, minutes=st.integers(1, 900))
def test_same_as_the_clock_read_every_minute(
    week: dict[int, tuple[tuple[int, int], ...]], start: str, zone: tuple[str, str | None], closed: bool,
    gaps: list[tuple[int, int]], minutes: int,
) -> None:  # fmt: skip
    debut = at(start, zone[0])
    closures = frozenset({debut.date() + timedelta(days=1)} if closed else ())
    ouverture = Ouverture(fuseau=zone[0], plages=week | {2: (*week.get(2, ()),) or ((0, 1440),)}, zone=zone[1],
                          fermetures=closures)  # fmt: skip
    base = debut.astimezone(UTC)
    pauses: list[Pause] = [(base + first * MINUTE, base + (first + length) * MINUTE) for first, length in gaps]
    due = add_business_minutes(debut, minutes, ouverture, pauses=pauses)
    assert due.astimezone(UTC) == walk(debut, minutes, ouverture, pauses)
    assert count_business_minutes(debut, due, ouverture, pauses=pauses) == minutes
    assert due.tzinfo == ZoneInfo(zone[0])


@settings(max_examples=60, deadline=None)
@given(minutes=st.integers(1, 20_000), more=st.integers(1, 5_000))
def test_adding_twice_is_adding_once(minutes: int, more: int) -> None:
    debut = at("2026-10-20T07:12")
    first = add_business_minutes(debut, minutes, MAIRIE)
    assert add_business_minutes(first, more, MAIRIE) == add_business_minutes(debut, minutes + more, MAIRIE)


def test_an_end_of_range_is_reached_before_the_next_one_begins() -> None:
    assert add_business_minutes(at("2026-11-09T09:00"), 180, MAIRIE) == at("2026-11-09T12:00")
    assert add_business_minutes(at("2026-11-09T09:00"), 181, MAIRIE) == at("2026-11-09T13:31")


def test_received_out_of_hours_the_clock_waits_for_the_door() -> None:
    assert add_business_minutes(at("2026-11-10T19:00"), 30, MAIRIE) == at("2026-11-12T09:00")  # 11 November


def test_the_hour_lived_twice_counts_twice_and_the_missing_one_not_at_all() -> None:
    night = Ouverture(plages={6: ((0, 1440),)}, zone=None)
    assert count_business_minutes(at("2026-10-25T00:00"), at("2026-10-26T00:00"), night) == 25 * 60
    assert count_business_minutes(at("2026-03-29T00:00"), at("2026-03-30T00:00"), night) == 23 * 60
    missing = Ouverture(plages={6: ((120, 180),)}, zone=None)  # 2 h to 3 h: that Sunday never reads it
    assert count_business_minutes(at("2026-03-29T00:00"), at("2026-03-30T00:00"), missing) == 0


def test_seconds_are_kept() -> None:
    assert add_business_minutes(at("2026-11-09T09:00:40"), 5, MAIRIE) == at("2026-11-09T09:05:40")


def test_an_open_pause_stops_the_clock_unless_it_comes_too_late() -> None:
    debut = at("2026-11-09T09:00")
    assert add_business_minutes(debut, 60, MAIRIE, pauses=[(at("2026-11-09T09:59"), None)]) is None
    assert add_business_minutes(debut, 60, MAIRIE, pauses=[(at("2026-11-09T10:00"), None)]) == at("2026-11-09T10:00")


def test_pauses_that_overlap_are_taken_away_once() -> None:
    pauses = [(at("2026-11-09T09:30"), at("2026-11-09T10:30")), (at("2026-11-09T10:00"), at("2026-11-09T11:00"))]
    assert add_business_minutes(at("2026-11-09T09:00"), 60, MAIRIE, pauses=pauses) == at("2026-11-09T11:30")
    assert len(merge_pauses(pauses)) == 1


def test_a_calendar_with_no_open_minute() -> None:
    debut = at("2026-11-09T09:00")
    for week in ({}, {0: ()}):
        with pytest.raises(AucunJourOuvre, match="aucune minute"):
            add_business_minutes(debut, 1, Ouverture(plages=week))
    forever = frozenset(date(2026, 11, 9) + timedelta(days=n) for n in range(4000))
    with pytest.raises(AucunJourOuvre, match="dix ans"):
        add_business_minutes(debut, 1, Ouverture(plages=SEMAINE, fermetures=forever))


def test_less_than_a_minute_is_refused() -> None:
    with pytest.raises(ValueError, match="minutes"):
        add_business_minutes(at("2026-11-09T09:00"), 0, MAIRIE)


def test_fin_before_debut_counts_nothing() -> None:
    assert count_business_minutes(at("2026-11-10T09:00"), at("2026-11-09T09:00"), MAIRIE) == 0
