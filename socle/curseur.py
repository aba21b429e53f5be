"""Keyset pagination: the place of a row in a list sorted by instant then id, newest first."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

_ORIGINE = datetime.fromtimestamp(0, UTC)


class Datee(Protocol):
    """A row with an instant and an id."""

    at: datetime

    @property
    def pk(self) -> int:
        """The id."""


def write_place(row: Datee) -> str:
    """Return the place of a row for an address: microseconds since 1970 and id, « 1763721000000000-42 »."""
    return f"{(row.at - _ORIGINE) // timedelta(microseconds=1)}-{row.pk}"


def read_place(text: str) -> tuple[datetime, int] | None:
    """Return (instant, id) of a place written by `write_place`, None for anything else."""
    moment, _, pk = text.partition("-")
    if not (text.isascii() and moment.isdecimal() and pk.isdecimal() and len(moment) < 18 and len(pk) < 19):
        return None
    try:
        return _ORIGINE + timedelta(microseconds=int(moment)), int(pk)
    except OverflowError:
        return None
