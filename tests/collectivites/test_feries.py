"""Golden values: dates published by the State (etalab/jours-feries-france-data), 2020 to 2030."""

from datetime import date, timedelta

import pytest

from collectivites.feries import compute_easter, compute_feries, is_ferie
from collectivites.models import Collectivite

# Good Friday, Easter Monday, Ascension, Whit Monday, as published.
MOBILES = {
    2020: ("04-10", "04-13", "05-21", "06-01"),
    2021: ("04-02", "04-05", "05-13", "05-24"),
    2022: ("04-15", "04-18", "05-26", "06-06"),
    2023: ("04-07", "04-10", "05-18", "05-29"),
    2024: ("03-29", "04-01", "05-09", "05-20"),
    2025: ("04-18", "04-21", "05-29", "06-09"),
    2026: ("04-03", "04-06", "05-14", "05-25"),
    2027: ("03-26", "03-29", "05-06", "05-17"),
    2028: ("04-14", "04-17", "05-25", "06-05"),
    2029: ("03-30", "04-02", "05-10", "05-21"),
    2030: ("04-19", "04-22", "05-30", "06-10"),
}
FIXES = ("01-01", "05-01", "05-08", "07-14", "08-15", "11-01", "11-11", "12-25")
PROPRES = {
    "metropole": (),
    "alsace_moselle": ("12-26",),
    "guadeloupe": ("05-27",),
    "martinique": ("05-22",),
    "guyane": ("06-10",),
    "reunion": ("12-20",),
    "mayotte": ("04-27",),
    "saint_barthelemy": ("10-09",),
    "saint_martin": ("05-28",),
    "saint_pierre_et_miquelon": (),
    "nouvelle_caledonie": (),
    "wallis_et_futuna": (),
}


def published(year: int, zone: str) -> set[date]:
    good_friday, *others = MOBILES[year]
    days = {*FIXES, *PROPRES[zone], *others} | ({good_friday} if zone == "alsace_moselle" else set())
    return {date.fromisoformat(f"{year}-{day}") for day in days}


@pytest.mark.parametrize("zone", PROPRES)
@pytest.mark.parametrize("year", MOBILES)
def test_holidays_are_those_published(year: int, zone: str) -> None:
    assert set(compute_feries(year, zone)) == published(year, zone)


def test_polynesia_has_its_day_from_2026() -> None:
    assert date(2025, 11, 20) not in compute_feries(2025, "polynesie")
    assert compute_feries(2026, "polynesie")[date(2026, 11, 20)] == "Matari'i i ni'a"


def test_every_zone_of_the_model_is_computed() -> None:
    assert {*PROPRES, "polynesie"} == set(Collectivite.ZoneFeries.values)


def test_easter_is_a_sunday_between_its_two_bounds() -> None:
    for year in range(1900, 2200):
        easter = compute_easter(year)
        assert easter.weekday() == 6
        assert date(year, 3, 22) <= easter <= date(year, 4, 25)
    assert compute_easter(1818) == date(1818, 3, 22)
    assert compute_easter(2038) == date(2038, 4, 25)


def test_ascension_on_the_first_of_may_is_one_day_not_two() -> None:
    assert len(compute_feries(2008, "metropole")) == 10
    assert compute_easter(2008) + timedelta(days=39) == date(2008, 5, 1)


def test_no_zone_no_holiday() -> None:
    assert is_ferie(date(2026, 7, 14), "metropole")
    assert not is_ferie(date(2026, 7, 14), None)
