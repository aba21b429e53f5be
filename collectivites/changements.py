"""Hours, closures, time zone or a legal value changed: each floor that counts time with them counts again."""

from collections.abc import Callable
from functools import partial

from django.db import transaction

from collectivites.cloison import get_active_id
from socle.registre import Registre

Suite = Callable[[int], None]  # (collectivité id), once the change is committed: only asks for work, never does it
suites: Registre[Suite] = Registre()


def announce_change() -> None:
    """Ask every floor to count again, once the transaction is committed; a missing Redis stops nothing."""
    for suite in suites:
        transaction.on_commit(partial(suite, get_active_id()), robust=True)
