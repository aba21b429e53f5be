"""A provider that hangs must not hold the workers: after a failure its messages wait a little, the others go on.

Kept in the memory of each process: lost with it, at the price of one more call.
"""

import threading
from datetime import datetime, timedelta

REPOS = timedelta(seconds=30)
REPOS_COMPTE = timedelta(minutes=5)  # an account without credit is mended by a person, not by insisting

_verrou = threading.Lock()
_ouverts: dict[tuple[int, str], datetime] = {}


def trip(collectivite_id: int, canal: str, *, at: datetime, rest: timedelta = REPOS) -> None:
    """Remember that the way out of this collectivité on this channel just failed."""
    with _verrou:
        _ouverts[collectivite_id, canal] = at + rest


def close(collectivite_id: int, canal: str) -> None:
    """It works again."""
    with _verrou:
        _ouverts.pop((collectivite_id, canal), None)


def find_rest(collectivite_id: int, *, at: datetime) -> dict[str, datetime]:
    """Return the channels at rest, with the instant when each may be tried again."""
    with _verrou:
        return {canal: until for (town, canal), until in _ouverts.items() if town == collectivite_id and until > at}


def reset() -> None:
    """Forget everything."""
    with _verrou:
        _ouverts.clear()
