"""French writing of instants, durations and sizes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from socle import ecriture

MAINTENANT = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)  # a Saturday, 2 p.m. in Paris


def test_the_hour_follows_the_wall_clock_and_its_typography():
    assert ecriture.write_heure(datetime(2026, 11, 24, 8, 40, tzinfo=UTC)) == "9 h 40"
    assert ecriture.write_heure(datetime(2026, 7, 24, 15, 0, tzinfo=UTC)) == "17 h"
    assert ecriture.write_heure(datetime(2026, 7, 24, 15, 0, tzinfo=UTC), pleine=True) == "17 h 00"


def test_a_long_date_names_the_day_and_the_first_is_an_ordinal():
    assert ecriture.write_long(datetime(2026, 11, 24, 8, 40, tzinfo=UTC)) == "mardi 24 novembre à 9 h 40"
    assert ecriture.write_long(date(2027, 1, 1), annee=True) == "vendredi 1er janvier 2027"


def test_the_day_is_the_local_one_after_midnight_in_paris():
    assert ecriture.write_jour(datetime(2026, 11, 23, 23, 30, tzinfo=UTC)) == "mardi 24 novembre"


def test_a_short_date_shows_the_year_only_when_it_differs():
    assert ecriture.write_court(datetime(2026, 11, 12, 15, 40, tzinfo=UTC), now=MAINTENANT) == "12 nov., 16 h 40"
    assert ecriture.write_jour_court(date(2027, 1, 12), now=MAINTENANT) == "12 janv. 2027"


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (timedelta(seconds=20), "à l'instant"),
        (timedelta(minutes=4, seconds=50), "il y a 4 min"),
        (timedelta(hours=20), "il y a 20 h"),
        (timedelta(days=3), "il y a 3 j"),
        (timedelta(days=9), "12 nov., 14 h"),
        (timedelta(minutes=-90), "dans 1 h"),
    ],
)
def test_a_relative_time_keeps_its_largest_unit(gap, words):
    assert ecriture.write_relatif(MAINTENANT - gap, now=MAINTENANT) == words


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (timedelta(minutes=-30), "en retard de 30 min"),
        (timedelta(hours=-5), "en retard de 5 h"),
        (timedelta(days=-2), "en retard de 2 j"),
        (timedelta(hours=3), "aujourd'hui à 17 h"),
        (timedelta(days=1), "demain à 14 h"),
        (timedelta(days=3), "dans 3 j"),
        (timedelta(days=52), "12 janv. 2027"),
    ],
)
def test_a_deadline_says_what_it_means_now(gap, words):
    assert ecriture.write_echeance(MAINTENANT + gap, now=MAINTENANT) == words


def test_a_deadline_passed_yesterday_evening_is_late_by_one_day_of_the_calendar():
    assert ecriture.write_echeance(MAINTENANT - timedelta(hours=18), now=MAINTENANT) == "en retard de 1 j"


@pytest.mark.parametrize(
    ("duration", "words"),
    [(40, "40 s"), (1080, "18 min"), (timedelta(minutes=65), "1 h 05"), (7200, "2 h"), (180_000, "2 j")],
)
def test_a_duration_is_short(duration, words):
    assert ecriture.write_duree(duration) == words


@pytest.mark.parametrize(
    ("octets", "words"), [(1, "1 octet"), (860_160, "840 Ko"), (1_258_291, "1,2 Mo"), (2048, "2 Ko")]
)
def test_a_size_is_rounded_as_people_read_it(octets, words):
    assert ecriture.write_taille(octets) == words


def test_thousands_are_parted_by_a_no_break_space():
    assert ecriture.write_milliers(12345) == "12 345"
    assert ecriture.write_milliers(91.4) == "91,4"
