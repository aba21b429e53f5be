"""The night of the lieu, whatever the server's hour and the changes of time."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from rendezvous.messages.silence import Silence

PARIS = "Europe/Paris"
NUIT = Silence(21, 8)


def local(text: str, fuseau: str = PARIS) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(fuseau))


@pytest.mark.parametrize(
    ("at", "following", "before"),
    [
        ("2026-11-24T20:59", "2026-11-24T20:59", "2026-11-24T20:59"),
        ("2026-11-24T21:00", "2026-11-25T08:00", "2026-11-24T20:00"),
        ("2026-11-25T00:00", "2026-11-25T08:00", "2026-11-24T20:00"),
        ("2026-11-25T07:59", "2026-11-25T08:00", "2026-11-24T20:00"),
        ("2026-11-25T08:00", "2026-11-25T08:00", "2026-11-25T08:00"),
        ("2026-03-28T23:30", "2026-03-29T08:00", "2026-03-28T20:00"),  # a night of 23 hours
        ("2026-10-25T02:30", "2026-10-25T08:00", "2026-10-24T20:00"),  # an hour lived twice
    ],
)
def test_out_of_the_night(at: str, following: str, before: str) -> None:
    assert NUIT.find_next(local(at), PARIS) == local(following)
    assert NUIT.find_previous(local(at), PARIS) == local(before)


def test_it_is_the_night_of_the_lieu() -> None:
    noon_in_paris = local("2026-11-24T12:00")
    assert NUIT.holds(noon_in_paris, "Pacific/Noumea")  # 22:00 there
    assert not NUIT.holds(noon_in_paris, "Indian/Reunion")
    assert NUIT.find_next(noon_in_paris, "Pacific/Noumea") == local("2026-11-25T08:00", "Pacific/Noumea")
