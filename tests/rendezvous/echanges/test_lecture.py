"""What is read of a calendar kept elsewhere: taken time alone, and never more than we can bear."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from rendezvous.echanges import bac
from rendezvous.echanges.bac import read_apart
from rendezvous.echanges.ics_lecture import AgendaIllisible, merge, read_agenda

AT = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
DU, AU = AT - timedelta(days=1), AT + timedelta(days=400)


def write(*events: Sequence[str]) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x"]
    for rank, event in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:{rank}@x", "DTSTAMP:20260101T000000Z", "SUMMARY:Secret", *event, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def read(*events: Sequence[str], fuseau: str = "Europe/Paris") -> list[tuple[str, str]]:
    taken, _ = read_agenda(write(*events), genre="ics", fuseau=fuseau, du=DU, au=AU)
    return [(f"{start:%m-%dT%H:%M}", f"{end:%m-%dT%H:%M}") for start, end in taken]


def test_a_meeting_is_taken_time() -> None:
    assert read(["DTSTART;TZID=Europe/Paris:20261126T090000", "DURATION:PT30M"]) == [("11-26T08:00", "11-26T08:30")]
    assert read(["DTSTART;TZID=Romance Standard Time:20261126T090000", "DTEND:20261126T083000Z"]) == [
        ("11-26T08:00", "11-26T08:30")
    ]


@pytest.mark.parametrize(
    "line", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"]
)  # fmt: skip
def test_what_does_not_block_its_owner_is_left_out(line: str) -> None:
    meeting = ["DTSTART:20261126T090000Z", "DTEND:20261126T100000Z"]
    assert read([*meeting, line]) == []
    assert len(read(meeting)) == 1


def test_a_whole_day_is_a_day_of_the_one_who_is_booked() -> None:
    day = ["DTSTART;VALUE=DATE:20261126"]
    assert read(day) == [("11-25T23:00", "11-26T23:00")]
    assert read(day, fuseau="Indian/Reunion") == [("11-25T20:00", "11-26T20:00")]
    assert read(day, fuseau="America/Martinique") == [("11-26T04:00", "11-27T04:00")]
    spring = ["DTSTART;VALUE=DATE:20270328", "DTEND;VALUE=DATE:20270329"]  # 23 hours long
    assert read(spring) == [("03-27T23:00", "03-28T22:00")]


def test_a_time_without_zone_is_of_the_one_who_is_booked() -> None:
    assert read(["DTSTART:20261126T090000", "DTEND:20261126T100000"], fuseau="Indian/Reunion") == [
        ("11-26T05:00", "11-26T06:00")
    ]


def test_a_repetition_is_unfolded_on_the_wall_clock() -> None:
    weekly = ["DTSTART;TZID=Europe/Paris:20260903T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY",
              "EXDATE;TZID=Europe/Paris:20261126T090000"]  # fmt: skip
    times = read(weekly)
    assert times[:2] == [("11-19T08:00", "11-19T09:00"), ("12-03T08:00", "12-03T09:00")]  # 26 November left out
    assert ("07-01T07:00", "07-01T08:00") in times  # summer: same wall clock, other instant


def test_an_occurrence_moved_alone_is_where_it_was_moved() -> None:
    rule = ["UID:serie", "DTSTART:20261120T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2"]
    moved = ["UID:serie", "RECURRENCE-ID:20261121T090000Z", "DTSTART:20261121T150000Z", "DURATION:PT1H"]
    lines = write(rule, moved).replace(b"UID:0@x\r\n", b"").replace(b"UID:1@x\r\n", b"")
    taken, _ = read_agenda(lines, genre="ics", fuseau="Europe/Paris", du=DU, au=AU)
    assert [start.hour for start, _ in taken] == [9, 15]


def test_touching_times_are_one_and_the_horizon_cuts() -> None:
    hour = timedelta(hours=1)
    assert merge([(AT + hour, AT + 2 * hour), (AT, AT + hour), (AT, AT + hour / 2)]) == [(AT, AT + 2 * hour)]
    long_ago_to_far = ["DTSTART:20200101T000000Z", "DTEND:20400101T000000Z"]
    taken, _ = read_agenda(write(long_ago_to_far), genre="ics", fuseau="Europe/Paris", du=DU, au=AU)
    assert taken == [(DU, AU)]


def test_an_event_that_can_not_be_read_is_counted() -> None:
    good = ["DTSTART:20261126T090000Z", "DTEND:20261126T100000Z"]
    taken, skipped = read_agenda(
        write(["DTSTART:pourri"], good), genre="ics", fuseau="Europe/Paris", du=DU, au=AU
    )  # fmt: skip
    assert (len(taken), skipped) == (1, 1)


@pytest.mark.parametrize(
    ("corps", "phrase"),
    [
        (b"<html>Connectez-vous</html>", "format ICS"),
        (write(["DTSTART:20261126T090000Z"])[:-20], "incomplet"),
        (write(["DTSTART:20261126T090000Z"]).replace(b"END:VEVENT\r\n", b""), "abîmé"),
        (b"BEGIN:VCALENDAR\r\n\xff\xfe\r\nEND:VCALENDAR\r\n", "abîmé"),
        (write(["DTSTART:20261126T090000Z", "RRULE:FREQ=SECONDLY"]), "chaque seconde"),
        (write(["DTSTART:20261126T090000Z", "RRULE:FREQ=minutely;INTERVAL=2"]), "chaque minute"),
        (b"BEGIN:VEVENT\n" * 20_001, "plus de 20000"),
        (write(*[["DTSTART:20261120T000000Z", "DURATION:PT1M", "RRULE:FREQ=HOURLY"]] * 9), "plus de 20000"),
    ],
)
def test_a_calendar_out_of_bounds_is_refused_in_french(corps: bytes, phrase: str) -> None:
    with pytest.raises(AgendaIllisible, match=phrase):
        read_agenda(corps, genre="ics", fuseau="Europe/Paris", du=DU, au=AU)


MULTISTATUS = (
    '<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:response>'
    "<d:href>/a.ics</d:href><d:propstat><d:prop><c:calendar-data>{}</c:calendar-data></d:prop></d:propstat>"
    "</d:response></d:multistatus>"
)


def test_an_answer_of_caldav_is_read() -> None:
    body = MULTISTATUS.format(write(["DTSTART:20261126T090000Z", "DTEND:20261126T100000Z"]).decode()).encode()
    taken, _ = read_agenda(body, genre="caldav", fuseau="Europe/Paris", du=DU, au=AU)
    assert len(taken) == 1


BILLION = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize(
    ("corps", "phrase"),
    [(BILLION, "pas acceptable"), (BILLION.decode().encode("utf-16"), "pas acceptable"), (b"<a>", "pas lisible"),
     (b"<html/>", "CalDAV")],
)  # fmt: skip
def test_an_xml_that_unfolds_is_refused(corps: bytes, phrase: str) -> None:
    with pytest.raises(AgendaIllisible, match=phrase):
        read_agenda(corps, genre="caldav", fuseau="Europe/Paris", du=DU, au=AU)


def test_the_bounded_process_reads_the_same() -> None:
    event = ["DTSTART:20261126T090000Z", "DTEND:20261126T100000Z"]
    lecture = read_apart(write(event), genre="ics", fuseau="Europe/Paris", du=DU, au=AU)
    assert lecture.occupe == [(datetime(2026, 11, 26, 9, tzinfo=UTC), datetime(2026, 11, 26, 10, tzinfo=UTC))]


def test_a_bomb_stops_with_its_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A date that never comes, looked for since year 1, five hundred times: minutes of work that one kill ends."""
    monkeypatch.setattr(bac, "PATIENCE", 1.5)
    never = ["DTSTART:00010101T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"]
    with pytest.raises(AgendaIllisible, match="trop lourd"):
        read_apart(write(*[never] * 500), genre="ics", fuseau="Europe/Paris", du=DU, au=AU)
