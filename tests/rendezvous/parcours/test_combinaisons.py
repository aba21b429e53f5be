"""Visits: what is proposed holds, and nothing shorter existed (brute force as the oracle)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rendezvous.creneaux.modele import Creneau
from rendezvous.parcours.combinaisons import Combinaison, EtapesTropNombreuses, combine

LUNDI = datetime(2026, 11, 23, tzinfo=UTC)
A, B = 1, 2


def slot(minute: int, length: int = 20, *, lieu: int = A, ressource: int = 1, day: int = 0, motif: int = 1) -> Creneau:
    start = LUNDI + timedelta(days=day, minutes=minute)
    return Creneau(
        debut_at=start, fin_at=start + timedelta(minutes=length), lieu_id=lieu, ressource_id=ressource, place=1,
        motif_id=motif,
    )  # fmt: skip


def go(de: int, vers: int) -> timedelta:
    return timedelta(minutes=0 if de == vers else 15)


def day_of(creneau: Creneau) -> date:
    return creneau.debut_at.date()


def run(offres: Sequence[Sequence[Creneau]], *, ordered: bool = False, buffer: int = 0) -> list[Combinaison]:
    def taken(_: int, creneau: Creneau) -> timedelta:
        return creneau.fin_at - creneau.debut_at + timedelta(minutes=buffer)

    return combine(offres, is_ordonne=ordered, trajet=go, jour=day_of, occupe=taken)


def test_one_after_the_other_the_shortest_first() -> None:
    found = run([[slot(540), slot(600)], [slot(620, ressource=2), slot(700, ressource=2)]])
    assert (found[0].debut_at, found[0].fin_at) == (LUNDI + timedelta(minutes=600), LUNDI + timedelta(minutes=640))


def test_the_way_between_two_places_is_counted() -> None:
    near = run([[slot(540)], [slot(565, ressource=2)]])
    assert len(near) == 1
    assert run([[slot(540)], [slot(565, ressource=2, lieu=B)]]) == []
    assert len(run([[slot(540)], [slot(575, ressource=2, lieu=B)]])) == 1


def test_an_ordered_visit_keeps_its_order() -> None:
    offres = [[slot(600)], [slot(540, ressource=2)]]
    assert run(offres, ordered=True) == []
    assert run(offres)[0].rangs == (1, 0)


def test_all_on_the_same_day() -> None:
    assert run([[slot(540)], [slot(600, day=1, ressource=2)]]) == []


def test_the_soonest_days_come_first_and_several_days_are_shown() -> None:
    days = range(4)
    found = run([[slot(540, day=d) for d in days], [slot(560, day=d, ressource=2) for d in days]])
    assert [each.debut_at.day for each in found] == [23, 24, 25, 26]


def test_one_agent_for_two_stops_keeps_the_buffer() -> None:
    offres = [[slot(540)], [slot(560), slot(580)]]
    assert run(offres)[0].creneaux[1].debut_at == LUNDI + timedelta(minutes=560)
    assert run(offres, buffer=10)[0].creneaux[1].debut_at == LUNDI + timedelta(minutes=580)


def test_another_agent_is_found_when_the_first_is_needed_next() -> None:
    found = run([[slot(540, ressource=1), slot(540, ressource=2)], [slot(560, ressource=1)]], buffer=30)
    assert [each.ressource_id for each in found[0].creneaux] == [2, 1]


def test_too_many_stops() -> None:
    with pytest.raises(EtapesTropNombreuses):
        run([[slot(540 + 30 * n)] for n in range(6)])


def brute(offres: Sequence[Sequence[Creneau]], *, ordered: bool) -> timedelta | None:
    """The shortest visit, by trying everything."""
    best = None
    orders = [tuple(range(len(offres)))] if ordered else list(permutations(range(len(offres))))
    for order in orders:
        for chosen in product(*(offres[rang] for rang in order)):
            pairs = list(pairwise(chosen))
            if all(b.debut_at >= a.fin_at + go(a.lieu_id, b.lieu_id) for a, b in pairs):
                length = chosen[-1].fin_at - chosen[0].debut_at
                best = length if best is None or length < best else best
    return best


def draw_stop(length: int) -> st.SearchStrategy[list[Creneau]]:
    each = st.builds(
        slot, st.integers(0, 20).map(lambda n: 540 + 10 * n), st.just(length), lieu=st.sampled_from([A, B]),
        ressource=st.integers(1, 2),
    )  # fmt: skip
    return st.lists(each, min_size=1, max_size=6)


stops = st.sampled_from([10, 20, 30]).flatmap(draw_stop)  # one motif, one length


@settings(max_examples=150, deadline=None)
@given(offres=st.lists(stops, min_size=2, max_size=3), ordered=st.booleans())
def test_nothing_shorter_exists(offres: list[list[Creneau]], ordered: bool) -> None:
    alone = [[Creneau(**_fields(each) | {"ressource_id": each.ressource_id + 10 * n}) for each in slots]
             for n, slots in enumerate(offres)]  # fmt: skip
    found = run(alone, ordered=ordered)
    shortest = brute(alone, ordered=ordered)
    assert (min(each.duree for each in found) if found else None) == shortest
    for each in found:
        assert sorted(each.rangs) == list(range(len(offres)))
        assert all(b.debut_at >= a.fin_at + go(a.lieu_id, b.lieu_id)
                   for a, b in pairwise(each.creneaux))  # fmt: skip


def _fields(creneau: Creneau) -> dict[str, object]:
    return {
        name: getattr(creneau, name) for name in ("debut_at", "fin_at", "lieu_id", "place", "motif_id", "ressource_id")
    }
