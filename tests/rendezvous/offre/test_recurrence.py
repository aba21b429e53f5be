"""Repetitions: what is accepted, the days they give against two oracles, how they are said."""

import sys
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rendezvous.offre.recurrence import RegleRefusee, check_regle, describe_regle, find_next_day, list_days
from rendezvous.offre.regles import CODES, Regle, read_regle

REFUSEES = {
    "FREQ=SECONDLY": "par jour, par semaine ou par mois",
    "FREQ=YEARLY;BYDAY=MO": "par jour, par semaine ou par mois",
    "INTERVAL=2": "par jour, par semaine ou par mois",
    "FREQ=DAILY;COUNT=100000000": "dernier jour de la plage",
    "FREQ=DAILY;UNTIL=99991231": "dernier jour de la plage",
    "FREQ=DAILY;BYHOUR=1,2,3": "Les heures se disent dans la plage",
    "FREQ=DAILY;INTERVAL=0": "toutes les 1 à 52",
    "FREQ=DAILY;INTERVAL=53": "toutes les 1 à 52",
    "FREQ=WEEKLY;INTERVAL=-1": "toutes les 1 à 52",
    "FREQ=WEEKLY;BYDAY=2MO": "par mois",
    "FREQ=WEEKLY;BYDAY=LU": "premier au cinquième",
    "FREQ=MONTHLY;BYDAY=6MO": "premier au cinquième",
    "FREQ=WEEKLY;BYDAY=MO,MO": "donné deux fois",
    "FREQ=WEEKLY;BYMONTHDAY=3": "pas des jours du mois",
    "FREQ=MONTHLY;BYMONTHDAY=32": "va de 1 à 31",
    "FREQ=MONTHLY;BYMONTHDAY=0": "va de 1 à 31",
    "FREQ=MONTHLY;BYSETPOS=1": "parmi des jours",
    "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=1": "parmi des jours",
    "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1": "pas les deux",
    "FREQ=WEEKLY;WKST=SU": "n'est pas comprise",
    "FREQ=WEEKLY;FREQ=DAILY": "n'est pas comprise",
    "RRULE:FREQ=WEEKLY": "n'est pas comprise",
    "tous les lundis": "n'est pas comprise",
    "FREQ=WEEKLY;BYDAY=": "n'est pas comprise",
    "FREQ=DAILY;BYMONTHDAY=" + ",".join(["1"] * 200): "faites plusieurs plages",
    "FREQ=WEEKLY;INTERVAL=\u0663": "toutes les 1 à 52",
}


@pytest.mark.parametrize("regle", REFUSEES)
def test_a_rule_that_is_not_one_of_ours_is_refused_in_french(regle: str) -> None:
    with pytest.raises(RegleRefusee, match=REFUSEES[regle]):
        check_regle(regle)


def test_one_day_is_a_rule_too() -> None:
    check_regle("")
    day = date(2026, 11, 24)
    assert list_days("", premier_on=day, jusqu_on=None, exceptions=(), du=date(2026, 1, 1), au=date(2027, 1, 1)) == [
        day
    ]
    assert list_days("", premier_on=day, jusqu_on=None, exceptions=[day], du=day, au=day) == []


@pytest.mark.parametrize(
    ("regle", "parole"),
    [
        ("", "une seule fois"),
        ("FREQ=DAILY", "tous les jours"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "toutes les deux semaines, le lundi et le jeudi"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "chaque semaine, du lundi au vendredi"),
        ("FREQ=MONTHLY;BYDAY=2WE,4WE", "chaque mois, le deuxième mercredi et le quatrième mercredi"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "chaque mois, le dernier vendredi"),
        ("FREQ=MONTHLY;BYDAY=MO", "chaque mois, tous les lundis"),
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1,15", "tous les trois mois, le 1er et le 15"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1,-2", "chaque mois, le dernier jour et l'avant-dernier jour"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "chaque mois, le 13 quand c'est un vendredi"),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "chaque mois, le dernier de ces jours\u00a0: du lundi au vendredi",
        ),
    ],
)
def test_a_rule_is_said_in_french(regle: str, parole: str) -> None:
    assert describe_regle(regle) == parole


def _list(choices: list[str], most: int) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(choices), min_size=1, max_size=most, unique=True).map(",".join)


JOURS = _list(list(CODES), 5)
NIEMES = _list([f"{nth}{code}" for nth in (1, 2, 3, 4, 5, -1, -2, -5) for code in CODES] + list(CODES), 4)
QUANTIEMES = _list([str(number) for number in (1, 2, 13, 28, 29, 30, 31, -1, -2, -29, -31)], 3)
RANGS = _list(["1", "2", "-1", "-2", "9"], 2)


@st.composite
def regles(draw: st.DrawFn) -> str:
    """Any rule we accept."""
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]))
    parts = [f"FREQ={freq}", f"INTERVAL={draw(st.integers(1, 52))}"]
    numbers = draw(st.booleans()) and freq != "WEEKLY"
    days = draw(st.booleans())
    if numbers:
        parts.append(f"BYMONTHDAY={draw(QUANTIEMES)}")
    if days:
        parts.append(f"BYDAY={draw(NIEMES if freq == 'MONTHLY' and not numbers else JOURS)}")
    if freq == "MONTHLY" and (numbers or days) and draw(st.booleans()):
        parts.append(f"BYSETPOS={draw(RANGS)}")
    return ";".join(parts)


def is_of(regle: Regle, premier: date, day: date) -> bool:
    """The naive oracle: one day at a time, from the words of RFC 5545."""
    if regle.freq == "DAILY":
        return (day - premier).days % regle.intervalle == 0 and _fits(regle, day)
    if regle.freq == "WEEKLY":
        weeks = ((day - timedelta(day.weekday())) - (premier - timedelta(premier.weekday()))).days // 7
        wanted = {weekday for _, weekday in regle.jours} or {premier.weekday()}
        return weeks % regle.intervalle == 0 and day.weekday() in wanted
    if (day.year * 12 + day.month - premier.year * 12 - premier.month) % regle.intervalle:
        return False
    if not regle.jours and not regle.quantiemes:
        return day.day == premier.day
    kept = [each for each in _month(day) if _fits(regle, each)]
    if not regle.rangs:
        return day in kept
    return any(kept[rang - 1 if rang > 0 else rang] == day for rang in regle.rangs if abs(rang) <= len(kept))


def _month(day: date) -> list[date]:
    return [date(day.year, day.month, number) for number in range(1, monthrange(day.year, day.month)[1] + 1)]


def _fits(regle: Regle, day: date) -> bool:
    month = _month(day)
    same = [each for each in month if each.weekday() == day.weekday()]
    by_day = not regle.jours or any(
        weekday == day.weekday() and (nth == 0 or (abs(nth) <= len(same) and same[nth - (nth > 0)] == day))
        for nth, weekday in regle.jours
    )
    numbers = [month[each - (each > 0)] for each in regle.quantiemes if abs(each) <= len(month)]
    return by_day and (not regle.quantiemes or day in numbers)


DATES = st.dates(date(1990, 1, 1), date(2035, 12, 31))


@given(regle=regles(), premier=DATES, du=DATES, span=st.integers(0, 500), jusqu=st.none() | st.integers(0, 4000))
@settings(max_examples=300, deadline=None)
@example("FREQ=DAILY;INTERVAL=7;BYDAY=MO", date(2026, 11, 24), date(2026, 11, 22), 400, None)
@example("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", date(2026, 2, 1), date(2026, 2, 1), 500, None)
def test_days_equal_a_naive_walk(regle: str, premier: date, du: date, span: int, jusqu: int | None) -> None:
    read, au = read_regle(regle), du + timedelta(span)
    last = None if jusqu is None else premier + timedelta(jusqu)
    skipped = {du + timedelta(each) for each in (1, 7, 30)}
    expected = [
        day for day in (du + timedelta(each) for each in range(span + 1))
        if day >= premier and (last is None or day <= last) and day not in skipped and is_of(read, premier, day)
    ]  # fmt: skip
    assert list_days(regle, premier_on=premier, jusqu_on=last, exceptions=skipped, du=du, au=au) == expected


@given(
    regle=st.one_of(
        st.builds("FREQ=WEEKLY;INTERVAL={};BYDAY={}".format, st.integers(1, 9), JOURS),
        st.builds("FREQ=MONTHLY;INTERVAL={};BYDAY={}".format, st.integers(1, 9),
                  _list([f"{nth}{code}" for nth in (1, 4, -1) for code in CODES], 4)),
        st.builds("FREQ=MONTHLY;INTERVAL={};BYMONTHDAY={}".format, st.integers(1, 9),
                  _list(["1", "15", "-1", "-28"], 3)),
        st.builds("FREQ=MONTHLY;BYDAY={};BYSETPOS={}".format, JOURS, _list(["1", "3", "-1"], 2)),
        st.builds("FREQ=DAILY;INTERVAL={}".format, st.integers(1, 52)),
    ),
    premier=st.dates(date(2018, 1, 1), date(2026, 1, 1)),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_days_equal_those_of_dateutil(regle: str, premier: date) -> None:
    """Only rules that fall often: dateutil walks the others to the year 9999."""
    du, au = date(2026, 1, 1), date(2027, 2, 1)
    theirs = rrulestr(regle, dtstart=datetime(premier.year, premier.month, premier.day, tzinfo=UTC))
    expected = [
        each.date()
        for each in theirs.between(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC), inc=True)
    ]
    assert list_days(regle, premier_on=premier, jusqu_on=None, exceptions=(), du=du, au=au) == expected


@given(regle=regles(), years=st.integers(1, 30))
@settings(max_examples=30, deadline=None)
def test_a_far_window_is_a_cut_of_the_whole_expansion(regle: str, years: int) -> None:
    premier = date(1996, 11, 21)
    du = premier.replace(year=premier.year + years)
    whole = list_days(regle, premier_on=premier, jusqu_on=None, exceptions=(), du=premier, au=du + timedelta(90))
    cut = list_days(regle, premier_on=premier, jusqu_on=None, exceptions=(), du=du, au=du + timedelta(90))
    assert cut == [day for day in whole if day >= du]


@pytest.mark.parametrize("regle", ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=TU", "FREQ=MONTHLY;BYDAY=2TU", "FREQ=MONTHLY"])
def test_the_age_of_a_rule_costs_nothing(regle: str) -> None:
    near = _count_calls(regle, date(2026, 11, 1))
    assert _count_calls(regle, date(1900, 11, 1)) <= near * 1.1


def _count_calls(regle: str, premier: date) -> int:
    calls, before = 0, sys.getprofile()

    def count(_frame: object, event: str, _arg: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    read_regle(regle)
    sys.setprofile(count)
    try:
        list_days(regle, premier_on=premier, jusqu_on=None, exceptions=(), du=date(2026, 11, 1), au=date(2027, 11, 1))
    finally:
        sys.setprofile(before)
    return calls


def test_a_rule_that_never_falls_is_found_out() -> None:
    never = {"premier_on": date(2026, 11, 24), "jusqu_on": None, "exceptions": (), "du": date(2026, 11, 24)}
    assert find_next_day("FREQ=DAILY;INTERVAL=7;BYDAY=MO", **never) is None
    assert find_next_day("FREQ=MONTHLY;BYDAY=MO", **never) == date(2026, 11, 30)
    assert find_next_day("FREQ=DAILY", **(never | {"premier_on": date.max, "du": date.max})) == date.max
