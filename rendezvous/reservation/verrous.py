"""Who waits for whom: one booking of a resource at a time, always locked in the same order. See docs/adr/0021.

Order inside a transaction: keys of idempotency, resources by ascending key, senders (persons found again or created),
persons. Nobody waits for something earlier in this order while holding something later.
All these locks end with the transaction, or with the savepoint that took them when it is rolled back.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection
from psycopg import errors

from collectivites.cloison import get_active_id

P = ParamSpec("P")
R = TypeVar("R")


def lock_clefs(clefs: Iterable[UUID | None]) -> None:
    """One request of a key at a time, before anything else: the second one finds what the first one booked."""
    with connection.cursor() as cursor:
        for clef in sorted({str(clef) for clef in clefs if clef is not None}):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [f"rdv:{clef}", get_active_id()])


def lock_usagers(ids: Iterable[int]) -> None:
    """One booking of a person at a time: two tabs must not both find that they have nothing at that hour."""
    with connection.cursor() as cursor:
        for usager_id in sorted(set(ids)):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"rdv-usager:{usager_id}"])


def is_double(error: IntegrityError) -> bool:
    """True when the database refused a second booking of the same time (SQLSTATE 23P01)."""
    return isinstance(error.__cause__, errors.ExclusionViolation)


def retry_deadlock(geste: Callable[P, R]) -> Callable[P, R]:
    """Run `geste` once more when PostgreSQL broke a deadlock by choosing it (SQLSTATE 40P01). Goes around `atomic`.

    Inside a larger transaction (a request) it still works, for what `geste` itself locked: going back to its savepoint
    frees the locks taken since, so the other one goes on and the second attempt waits its turn. A lock the caller took
    before is not freed: if that one was in the cycle, the second attempt fails as well and the error goes up.
    """

    @wraps(geste)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return geste(*args, **kwargs)
        except OperationalError as error:
            if not isinstance(error.__cause__, errors.DeadlockDetected):
                raise
        return geste(*args, **kwargs)

    return run
