"""The sweep and the grid, against a walk second by second."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rendezvous.creneaux.grille import list_starts, round_up
from rendezvous.creneaux.intervalles import merge, subtract

FIN = 60
intervalle = st.tuples(st.integers(0, FIN), st.integers(0, FIN))
liste = st.lists(intervalle.filter(lambda each: each[0] < each[1]), max_size=12)


def spread(intervals: list[tuple[int, int]]) -> set[int]:
    return {second for start, end in intervals for second in range(start, end)}


@given(liste)
def test_the_union_holds_the_same_seconds_in_order_and_apart(intervals: list[tuple[int, int]]) -> None:
    merged = merge(intervals)
    assert spread(merged) == spread(intervals)
    assert all(end < start for (_, end), (start, _) in pairwise(merged))


@given(liste, liste)
def test_what_is_left_is_open_and_not_busy(opened: list[tuple[int, int]], busy: list[tuple[int, int]]) -> None:
    free = subtract(merge(opened), merge(busy))
    assert spread(free) == spread(opened) - spread(busy)
    assert free == merge(free)


def test_two_openings_that_touch_stay_two_even_under_one_busy_stretch() -> None:
    assert subtract([(0, 10), (10, 20)], [(8, 12)]) == [(0, 8), (12, 20)]
    assert subtract([(0, 10), (10, 20)], []) == [(0, 10), (10, 20)]


def test_an_empty_interval_opens_nothing() -> None:
    assert merge([(5, 5), (7, 6)]) == []


@given(st.integers(0, 3000), st.integers(1, 3000), st.integers(1, 900), st.integers(0, 600), st.integers(0, 4000))
def test_the_grid_never_leaves_the_interval_nor_moves_with_the_delay(
    start: int, length: int, duree: int, battement: int, earliest: int
) -> None:
    pas = duree + battement
    every = list_starts(start, start + length, duree=duree, pas=pas, now=0, earliest=0)
    late = list_starts(start, start + length, duree=duree, pas=pas, now=0, earliest=earliest)
    assert list(late) == [each for each in every if each >= earliest]
    assert all(start <= each and each + duree <= start + length for each in every)
    assert not every or every[-1] + pas + duree > start + length


def test_a_running_interval_goes_on_at_the_next_five_minutes() -> None:
    hour = 3600 * 9
    starts = list_starts(hour, hour + 3600, duree=1200, pas=1200, now=hour + 61, earliest=hour + 61)
    assert list(starts) == [hour + 300, hour + 1500]
    assert round_up(hour) == hour


def test_the_last_slot_may_leave_its_buffer_outside() -> None:
    assert list(list_starts(0, 3000, duree=1200, pas=1800, now=0, earliest=0)) == [0, 1800]
