"""Business days: dates of regles-service-public §2.4 (T01–T07) and what towns do to a calendar."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectivites.calendrier import AucunJourOuvre, Calendrier, add_business_days, is_business_day

PARIS = ZoneInfo("Europe/Paris")
SEMAINE = {0, 1, 2, 3, 4}


def end_of(debut: str, jours: int, *, zone: str | None = "metropole", **options: object) -> str:
    settings = {"fuseau": "Europe/Paris", "fermetures": frozenset(), "ouvert": SEMAINE} | options
    end = add_business_days(datetime.fromisoformat(debut).replace(tzinfo=PARIS), jours, zone=zone, **settings)
    return f"{end:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("debut", "attendu", "zone"),
    [
        ("2026-11-13T18:40", "2026-11-16", "metropole"),
        ("2026-11-14T10:00", "2026-11-16", "metropole"),
        ("2026-11-10T10:00", "2026-11-12", "metropole"),
        ("2026-12-24T10:00", "2026-12-28", "alsace_moselle"),
        ("2026-12-31T10:00", "2027-01-04", "metropole"),
        ("2027-03-25T10:00", "2027-03-26", "metropole"),
        ("2027-03-25T10:00", "2027-03-30", "alsace_moselle"),
        ("2027-05-05T10:00", "2027-05-07", "metropole"),
    ],
)
def test_the_first_business_day_after_reception(debut: str, attendu: str, zone: str) -> None:
    assert end_of(debut, 1, zone=zone) == f"{attendu} 18:00"


def test_five_business_days_skip_the_weekend() -> None:
    assert end_of("2026-11-12T16:40", 5) == "2026-11-19 18:00"


def test_a_closure_does_not_count() -> None:
    closed = frozenset({date(2026, 11, 16), date(2026, 11, 17)})
    assert end_of("2026-11-13T09:00", 1, fermetures=closed) == "2026-11-18 18:00"


def test_the_day_ends_when_the_last_place_closes() -> None:
    calendrier = Calendrier(ouvert={0: 17 * 60, 5: 12 * 60 + 30})
    friday = datetime(2026, 11, 13, 9, tzinfo=PARIS)
    assert calendrier.add(friday, 1) == datetime(2026, 11, 14, 12, 30, tzinfo=PARIS)
    assert calendrier.add(friday, 2) == datetime(2026, 11, 16, 17, 0, tzinfo=PARIS)


def test_a_day_open_until_midnight_ends_at_midnight() -> None:
    end = Calendrier(ouvert={0: 1440}).add(datetime(2026, 11, 13, 9, tzinfo=PARIS), 1)
    assert end == datetime(2026, 11, 17, 0, 0, tzinfo=PARIS)


def test_the_wall_clock_holds_over_a_change_of_time() -> None:
    end = Calendrier().add(datetime(2026, 10, 23, 9, tzinfo=PARIS), 1)  # winter time begins on Sunday 25
    assert (end.hour, end.utcoffset().total_seconds()) == (18, 3600)


def test_the_local_day_of_the_town_counts_not_utc() -> None:
    late = datetime(2026, 11, 12, 23, 30, tzinfo=ZoneInfo("UTC"))  # already Friday 13 in Paris, 3 h 30 in Réunion
    assert Calendrier(fuseau="Indian/Reunion", zone="reunion").add(late, 1).date() == date(2026, 11, 16)
    assert Calendrier(fuseau="America/Martinique", zone="martinique").add(late, 1).date() == date(2026, 11, 13)


def test_a_town_that_never_opens_has_no_deadline() -> None:
    with pytest.raises(AucunJourOuvre):
        Calendrier(ouvert={}).add(datetime(2026, 11, 13, 9, tzinfo=PARIS), 1)


def test_less_than_one_day_is_refused() -> None:
    with pytest.raises(ValueError, match="jours"):
        end_of("2026-11-13T09:00", 0)


@given(
    debut=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(PARIS)),  # noqa: DTZ001 bounds are naive by contract
    jours=st.integers(1, 40),
)
def test_the_end_is_a_business_day_and_more_days_end_later(debut: datetime, jours: int) -> None:
    calendrier = Calendrier()
    end = calendrier.add(debut, jours)
    assert is_business_day(end.date(), zone="metropole", fermetures=(), ouvert=SEMAINE)
    assert debut < end < calendrier.add(debut, jours + 1)
