"""Where blocks stand: pure rules."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rendezvous.agenda.disposition import (
    CIBLE,
    PIXELS,
    Voie,
    bound_heures,
    choose_echelle,
    lay_out,
    show_fin,
    write_place,
)
from rendezvous.agenda.filtres import Filtres, read_filtres

JOUR = date(2026, 11, 19)
BLOCS = st.lists(
    st.tuples(st.integers(0, 1400), st.integers(1, 90)).map(lambda pair: (pair[0], sum(pair))), max_size=12
)


def test_blocks_that_overlap_stand_side_by_side() -> None:
    assert lay_out([(540, 560), (540, 600), (560, 580), (620, 640)]) == [
        Voie(1, 2), Voie(0, 2), Voie(1, 2), Voie(0, 1),
    ]  # fmt: skip


@given(BLOCS)
def test_two_blocks_at_once_never_share_a_lane(blocs: list[tuple[int, int]]) -> None:
    lanes = lay_out(blocs)
    for one, (start, end) in enumerate(blocs):
        for other in range(one):
            overlap = blocs[other][0] < end and blocs[other][1] > start
            if overlap and lanes[one].nombre < 8:
                assert lanes[one].rang != lanes[other].rang
                assert lanes[one].nombre == lanes[other].nombre


@given(st.integers(1, 60))
def test_what_one_clicks_is_never_smaller_than_a_finger_needs(length: int) -> None:
    scale = choose_echelle([length])
    assert (show_fin(600, 600 + length, scale) - 600) * PIXELS[scale] >= CIBLE - 1


@pytest.mark.parametrize(
    ("spans", "bounds"), [([], (8, 18)), ([(545, 720)], (9, 13)), ([(1380, 1440)], (23, 24)), ([(510, 1020)], (8, 17))]
)
def test_the_hours_shown_hold_everything(spans: list[tuple[int, int]], bounds: tuple[int, int]) -> None:
    assert bound_heures(spans) == bounds


def test_a_place_is_written_in_classes() -> None:
    assert write_place(545, 560, Voie(1, 3)) == "h9 t0 u5 fh9 ft2 fu0 v1 w3"
    assert write_place(1410, 1440) == "h23 t3 u0 fh24 ft0 fu0"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, Filtres(JOUR)),
        (
            {"qui": "service-3", "vue": "semaine", "jour": "2026-12-02"},
            Filtres(date(2026, 12, 2), "semaine", "service", 3),
        ),
        ({"qui": "service-x", "vue": "siècle", "jour": "demain"}, Filtres(JOUR)),
        ({"qui": "maire-1", "jour": "9999-01-01"}, Filtres(JOUR)),
    ],
)
def test_nonsense_in_the_address_is_read_as_nothing(asked: dict[str, str], expected: Filtres) -> None:
    assert read_filtres(asked, today=JOUR) == expected


def test_a_week_goes_from_monday_to_sunday() -> None:
    asked = Filtres(JOUR, "semaine", "lieu", 7)
    assert (asked.du, asked.au) == (date(2026, 11, 16), date(2026, 11, 22))
    assert asked.suivant.write() == "?qui=lieu-7&vue=semaine&jour=2026-11-26"
