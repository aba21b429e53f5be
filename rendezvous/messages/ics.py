"""An appointment as a calendar reads it (RFC 5545), sent as an invitation and taken back (RFC 5546).

UID never changes; SEQUENCE grows with each move, and once more when it is cancelled (RFC 5546 §2.1.4). Local hours
with the VTIMEZONE of the lieu, so that a telephone abroad is right. CLASS:PRIVATE: a shared calendar shows « occupé ».
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vGeo, vText

from rendezvous.etats import ANNULES
from rendezvous.heures import to_local
from rendezvous.messages.contenu import Contenu, build_contenu
from rendezvous.models import Participation, RendezVous

PRODID = "-//Guichet//Rendez-vous//FR"
NOM = "rendez-vous.ics"
Methode = Literal["REQUEST", "CANCEL", "PUBLISH"]  # PUBLISH: a file one downloads, nobody is invited


def write_ics(
    rendezvous: RendezVous, *, participation: Participation, methode: Methode = "REQUEST", at: datetime | None = None
) -> bytes:
    """Return the calendar file of one appointment, for one person. `at`: when it is written (DTSTAMP)."""
    return render_ics(build_contenu(rendezvous, participation=participation), methode, at=at)


def render_ics(contenu: Contenu, methode: Methode, *, at: datetime | None = None) -> bytes:
    """Return the same file from a content already gathered (no query)."""
    return render_ics_de([contenu], methode, at=at)


def render_ics_de(contenus: Sequence[Contenu], methode: Methode, *, at: datetime | None = None) -> bytes:
    """Return one file with several appointments, each zone told once. An invitation holds only one (RFC 5546 §3.2)."""
    calendar = build_calendrier(methode)
    for fuseau in {each.rendezvous.lieu.fuseau for each in contenus}:
        years = [each.rendezvous.debut_at.year for each in contenus]
        calendar.add_component(build_fuseau(fuseau, min(years), max(years)))
    for contenu in contenus:
        calendar.add_component(_build_event(contenu, methode, at=at))
    return bytes(calendar.to_ical())


def build_calendrier(methode: str = "") -> Calendar:
    """Return an empty calendar with what RFC 5545 §3.6 wants at its head."""
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if methode:
        calendar.add("method", methode)
    return calendar


def _build_event(contenu: Contenu, methode: str, *, at: datetime | None) -> Event:
    rdv = contenu.rendezvous
    is_cancelled = methode == "CANCEL" or rdv.etat in ANNULES
    event = Event()
    event.add("uid", str(rdv.uuid))
    event.add("sequence", rdv.sequence + is_cancelled)
    event.add("dtstamp", (at or rdv.cancelled_at or rdv.created_at).astimezone(UTC))
    event.add("dtstart", to_local(rdv.debut_at, rdv.lieu.fuseau))
    event.add("dtend", to_local(rdv.fin_at, rdv.lieu.fuseau))
    event.add("summary", contenu.titre)
    event.add("location", contenu.endroit)
    event.add("description", contenu.describe())
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if is_cancelled else "OPAQUE")
    event.add("class", "PRIVATE")
    _place(event, contenu)
    _invite(event, contenu, methode)
    return event


def _place(event: Event, contenu: Contenu) -> None:
    lieu = contenu.rendezvous.lieu
    if contenu.is_sur_place and lieu.latitude is not None and lieu.longitude is not None:
        event.add("geo", vGeo((float(lieu.latitude), float(lieu.longitude))))


def _invite(event: Event, contenu: Contenu, methode: str) -> None:
    """The town organises, the usager comes. A file without invitation names nobody (RFC 5545 §3.8.4.1)."""
    mail = contenu.participation.courriel
    if methode == "PUBLISH" or not mail:
        return
    organizer = vCalAddress(f"mailto:{contenu.collectivite.courriel or settings.DEFAULT_FROM_EMAIL}")
    organizer.params["CN"] = vText(contenu.collectivite.nom)
    event["organizer"] = organizer
    attendee = vCalAddress(f"mailto:{mail}")
    attendee.params["PARTSTAT"], attendee.params["RSVP"] = vText("ACCEPTED"), vText("FALSE")
    event.add("attendee", attendee, encode=False)


@lru_cache(maxsize=64)
def build_fuseau(fuseau: str, du: int, au: int) -> Timezone:
    """Return the VTIMEZONE of an IANA zone, right over the years `du` to `au`, both included.

    Onsets are on the wall clock before the change (RFC 5545 §3.6.5). Never edit what is returned: it is shared.
    """
    zone, timezone = ZoneInfo(fuseau), Timezone()
    timezone.add("tzid", fuseau)
    start = datetime(du, 1, 1, tzinfo=UTC) - timedelta(days=1)  # the year begins sooner in the east
    timezone.add_component(_build_onset(zone, start, before=start))
    for instant in _list_changes(zone, start, datetime(au + 1, 1, 2, tzinfo=UTC)):
        timezone.add_component(_build_onset(zone, instant, before=instant - timedelta(seconds=1)))
    return timezone


def _list_changes(zone: ZoneInfo, start: datetime, end: datetime) -> list[datetime]:
    """Return the instants when the offset changes: day by day, then hour by hour (no zone changes twice a day)."""
    found = []
    day, step = start, timedelta(days=1)
    while day < end:
        if _offset(zone, day) != _offset(zone, day + step):
            minutes = (day + timedelta(minutes=15 * each) for each in range(1, 97))
            found.append(next(each for each in minutes if _offset(zone, each) != _offset(zone, day)))
        day += step
    return found


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def _build_onset(zone: ZoneInfo, instant: datetime, *, before: datetime) -> TimezoneStandard | TimezoneDaylight:
    local = instant.astimezone(zone)
    onset = TimezoneDaylight() if local.dst() else TimezoneStandard()
    old = _offset(zone, before)
    onset.add("dtstart", (instant.astimezone(UTC) + old).replace(tzinfo=None))
    onset.add("tzoffsetfrom", old)
    onset.add("tzoffsetto", _offset(zone, instant))
    onset.add("tzname", local.tzname() or "")
    return onset
