"""The calendar file: what RFC 5545 and RFC 5546 want, read back by a library; hours right all year round."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event

from rendezvous.messages.ics import build_calendrier, build_fuseau, write_ics
from rendezvous.models import Participation, RendezVous


def read(body: bytes) -> tuple[Calendar, Event]:
    calendar = Calendar.from_ical(body)
    (event,) = calendar.walk("VEVENT")
    assert isinstance(calendar, Calendar)
    return calendar, event


def test_an_invitation(rdv: RendezVous, participation: Participation, at: datetime) -> None:
    body = write_ics(rdv, participation=participation, at=at)
    calendar, event = read(body)
    assert (calendar["METHOD"], event["UID"], event["SEQUENCE"]) == ("REQUEST", str(rdv.uuid), 0)
    assert event["DTSTART"].params["TZID"] == "Europe/Paris"
    assert event["DTSTART"].dt == rdv.debut_at
    assert event["SUMMARY"] == "Rendez-vous\u00a0: Carte d'identité"
    assert "guichet.exemple.fr/usager/aurelle/rendez-vous/gerer/" in event["DESCRIPTION"]
    assert event["ATTENDEE"] == "mailto:samira@exemple.fr"
    assert (event["STATUS"], event["CLASS"]) == ("CONFIRMED", "PRIVATE")
    assert max(len(line) for line in body.split(b"\r\n")) <= 75


def test_taken_back_with_the_same_uid_and_a_later_sequence(
    rdv: RendezVous, participation: Participation, at: datetime
) -> None:
    calendar, event = read(write_ics(rdv, participation=participation, methode="CANCEL", at=at))
    assert (calendar["METHOD"], event["UID"]) == ("CANCEL", str(rdv.uuid))
    assert (event["SEQUENCE"], event["STATUS"]) == (1, "CANCELLED")


def test_a_file_to_download_invites_nobody(rdv: RendezVous, participation: Participation, at: datetime) -> None:
    _, event = read(write_ics(rdv, participation=participation, methode="PUBLISH", at=at))
    assert "ATTENDEE" not in event
    assert "ORGANIZER" not in event


def test_a_sensitive_motif_is_not_named(rdv: RendezVous, participation: Participation, at: datetime) -> None:
    rdv.motif.is_sensible, rdv.motif.consignes_apres = True, "Venez avec votre carte d'identité"
    body = write_ics(rdv, participation=participation, at=at).decode().replace("\r\n ", "")
    assert "identité" not in body
    assert "SUMMARY:Rendez-vous\\, Ville d'Aurelle" in body


@pytest.mark.parametrize(
    "fuseau",
    ["Europe/Paris", "Indian/Reunion", "America/Martinique", "America/Miquelon", "Pacific/Noumea", "Pacific/Tahiti"],
)
def test_the_zone_written_says_what_the_zone_is(fuseau: str) -> None:
    """Every hour of the year, as another program would compute it from the file alone."""
    onsets = sorted(
        (part["DTSTART"].dt - part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td)
        for part in build_fuseau(fuseau, 2026, 2026).subcomponents
    )
    instant = datetime(2026, 1, 1, tzinfo=UTC)
    while instant.year == 2026:
        started = [offset for onset, offset in onsets if onset <= instant.replace(tzinfo=None)]
        assert started[-1] == instant.astimezone(ZoneInfo(fuseau)).utcoffset()
        instant += timedelta(hours=1)


def test_the_head() -> None:
    head = build_calendrier().to_ical().decode()
    assert "VERSION:2.0" in head
    assert "PRODID:-//Guichet" in head
    assert "METHOD" not in head
