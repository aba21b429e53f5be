"""Reading a calendar kept elsewhere: when its owner is taken, and nothing else.

What we are sent is not ours: a rule that repeats each second, ten thousand nested ones, an XML that unfolds for ever.
No library bounds all of that, so this module runs in a process of its own (`releve.py` starts it), with bounds on time
and memory, without database nor secrets: `python -m rendezvous.echanges.ics_lecture`. It must not import Django.

RFC 5545 (events, TRANSP, STATUS), RFC 4791 (CalDAV answers), RFC 7986 not needed.
"""

import contextlib
import json
import re
import resource
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events  # type: ignore[import-untyped]

EVENEMENTS_MAX = 20_000
SECONDES_MAX = 20  # of processor
MEMOIRE_MAX = 768 * 2**20
MARGE = timedelta(days=2)  # days and floating times are placed in their zone afterwards
DATES = {"DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "RDATE", "RECURRENCE-ID"}
SAISON = timedelta(days=100)
RAPIDES = {"SECONDLY", "MINUTELY"}
DEBUTS = re.compile(rb"^BEGIN:VEVENT\r?$", re.MULTILINE)
ABIME = "Cet agenda n'est pas lisible\u00a0: le fichier ICS est abîmé."
CALENDAR_DATA = "{urn:ietf:params:xml:ns:caldav}calendar-data"
Occupe = tuple[datetime, datetime]


class AgendaIllisible(Exception):
    """`str()` is a French sentence for the person who gave the address."""


def read_agenda(corps: bytes, *, genre: str, fuseau: str, du: datetime, au: datetime) -> tuple[list[Occupe], int]:
    """Return the taken times between two instants (UTC, merged, in order), and how many events could not be read.

    `genre` ∈ ics, caldav. `fuseau`: IANA zone of whole days and of times without zone. Raises AgendaIllisible.
    """
    times: list[Occupe] = []
    skipped = 0
    for calendar in _parse(corps, genre):
        skipped += _check(calendar)
        times += _list_times(calendar, ZoneInfo(fuseau), du, au)
        if len(times) > EVENEMENTS_MAX:
            raise AgendaIllisible(f"Cet agenda a plus de {EVENEMENTS_MAX} événements sur la période.")
    return merge(times), skipped


def _parse(corps: bytes, genre: str) -> Iterator[icalendar.Calendar]:
    count = corps.count(b"BEGIN:VEVENT")
    if count > EVENEMENTS_MAX:
        raise AgendaIllisible(f"Cet agenda a plus de {EVENEMENTS_MAX} événements.")
    for text in _open_caldav(corps) if genre == "caldav" else [corps]:
        if not text.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"BEGIN:VCALENDAR") or b"END:VCALENDAR" not in text:
            raise AgendaIllisible("Cette adresse ne donne pas un agenda au format ICS, ou il est incomplet.")
        try:
            found = icalendar.Calendar.from_ical(text.lstrip(b"\xef\xbb\xbf \t\r\n"), multiple=True)
        except (ValueError, KeyError, IndexError, AttributeError, TypeError):
            raise AgendaIllisible(ABIME) from None
        calendars = [each for each in found if isinstance(each, icalendar.Calendar)]
        if sum(len(each.walk("VEVENT")) for each in calendars) != len(DEBUTS.findall(text)):
            raise AgendaIllisible(ABIME)  # cut in the middle: half of the events would look free
        yield from calendars


def _open_caldav(corps: bytes) -> Iterable[bytes]:
    """The calendars of a multistatus answer. A document with entities of its own is refused (billion laughs)."""
    if b"<!DOCTYPE" in corps or b"<!ENTITY" in corps or b"\x00" in corps:
        raise AgendaIllisible("La réponse du serveur d'agendas n'est pas acceptable.")
    try:
        root = ElementTree.fromstring(corps)  # noqa: S314 no entity can be declared, see above; process bounded
    except ElementTree.ParseError:
        raise AgendaIllisible("La réponse du serveur d'agendas n'est pas lisible.") from None
    if not root.tag.endswith("multistatus"):
        raise AgendaIllisible("Cette adresse n'est pas celle d'un agenda CalDAV.")
    return [(each.text or "").strip().encode() for each in root.iter(CALENDAR_DATA) if (each.text or "").strip()]


def _check(calendar: icalendar.Calendar) -> int:
    """Refuse rules that only mean to exhaust; return how many events have a date that can't be read."""
    skipped = 0
    for event in calendar.walk("VEVENT"):
        rules = event.get("RRULE") or []
        for rule in rules if isinstance(rules, list) else [rules]:
            every = rule.get("FREQ", []) if isinstance(rule, icalendar.vRecur) else []
            if RAPIDES & {str(each).upper() for each in every}:
                raise AgendaIllisible("Un événement se répète chaque minute ou chaque seconde\u00a0: agenda refusé.")
        skipped += "DTSTART" not in event or bool(DATES & {str(name) for name, _ in event.errors})
    return skipped


def _list_times(calendar: icalendar.Calendar, zone: ZoneInfo, du: datetime, au: datetime) -> list[Occupe]:
    """Every taken time of one calendar, repetitions unfolded. Raises AgendaIllisible beyond the bound."""
    times: list[Occupe] = []
    for count, event in enumerate(_unfold(calendar, du - MARGE, au + MARGE)):
        if count >= EVENEMENTS_MAX:
            raise AgendaIllisible(f"Cet agenda a plus de {EVENEMENTS_MAX} événements sur la période.")
        start, end = _place(event, zone)
        start, end = max(start, du), min(end, au)
        if start < end and is_taken(event):
            times.append((start, end))
    return times


def _unfold(calendar: icalendar.Calendar, du: datetime, au: datetime) -> Iterator[Any]:
    """Occurrences between two instants, a season at a time. One across two seasons comes twice: merged later."""
    query = recurring_ical_events.of(calendar, components=["VEVENT"], skip_bad_series=True)
    while du < au:
        until = min(du + SAISON, au)
        yield from query.between(du, until)
        du = until


def is_taken(event: Any) -> bool:
    """False for what is cancelled, or noted without blocking its owner."""
    free = str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
    cancelled = str(event.get("STATUS", "")).upper() == "CANCELLED"
    return not (free or cancelled or str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "FREE")


def _place(event: Any, zone: ZoneInfo) -> Occupe:
    start, end = event["DTSTART"].dt, event["DTEND"].dt if "DTEND" in event else event["DTSTART"].dt
    if not isinstance(start, datetime) and end <= start:
        end = start + timedelta(days=1)  # RFC 5545 § 3.6.1: a day without end lasts that day
    return _to_instant(start, zone), _to_instant(end, zone)


def _to_instant(moment: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def merge(times: list[Occupe]) -> list[Occupe]:
    """Return the same taken time in as few stretches as possible: fewer rows, and less to learn from them."""
    merged: list[Occupe] = []
    for start, end in sorted(times):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def main() -> None:
    """Read one line of parameters (JSON) then the calendar on stdin; write the issue (JSON) on stdout."""
    with contextlib.suppress(ValueError, OSError):  # a system with tighter bounds keeps them
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDES_MAX, SECONDES_MAX))
        resource.setrlimit(resource.RLIMIT_AS, (MEMOIRE_MAX, MEMOIRE_MAX))
    asked = json.loads(sys.stdin.buffer.readline())
    du, au = datetime.fromisoformat(asked["du"]), datetime.fromisoformat(asked["au"])
    try:
        times, skipped = read_agenda(
            sys.stdin.buffer.read(), genre=asked["genre"], fuseau=asked["fuseau"], du=du, au=au
        )
    except AgendaIllisible as refusal:
        issue: dict[str, Any] = {"erreur": str(refusal)}
    else:
        issue = {"occupe": [[start.isoformat(), end.isoformat()] for start, end in times], "ignores": skipped}
    sys.stdout.write(json.dumps(issue))


if __name__ == "__main__":
    main()
