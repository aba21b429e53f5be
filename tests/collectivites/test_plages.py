"""Opening hours as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectivites.plages import PlageIllisible, parse_plages, show_plages


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("8h30-12h", [(510, 720)]),
        ("8 h 30 – 12 h, 13 h 30 – 17 h 30", [(510, 720), (810, 1050)]),
        ("13:30-17:00 ; 8:30 à 12:00", [(510, 720), (810, 1020)]),
        ("9h-12h et 14h-24h", [(540, 720), (840, 1440)]),
    ],
)
def test_people_write_hours_in_many_ways(text: str, expected: list[tuple[int, int]]) -> None:
    assert parse_plages(text) == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("matin", "n'est pas une plage"),
        ("12h-8h", "la fermeture doit venir après l'ouverture"),
        ("8h75-12h", "n'existe pas"),
        ("8h-25h", "n'existe pas"),
        ("8h-12h, 11h-14h", "se chevauchent"),
    ],
)
def test_a_wrong_range_says_what_is_wrong(text: str, sentence: str) -> None:
    with pytest.raises(PlageIllisible, match=sentence):
        parse_plages(text)


@given(
    st.lists(st.integers(0, 1440), min_size=2, max_size=8, unique=True).filter(lambda minutes: len(minutes) % 2 == 0)
)
def test_what_is_shown_is_read_back(minutes: list[int]) -> None:
    ordered = sorted(minutes)
    plages = list(zip(ordered[::2], ordered[1::2], strict=True))
    assert parse_plages(show_plages(plages)) == plages
