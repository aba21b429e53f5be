"""One writer of the time of a resource at a time: whoever books it, whoever changes when it receives. See ADR 21.

The lock ends with the transaction, or with the savepoint that took it when it is rolled back.
"""

from collections.abc import Iterable, Sequence

from django.db import connection

ESPACE = 7701  # first half of the key: appointments; the second one is the resource
_INT4_MAX = 2**31 - 1
_LOCK_FIRST = "SELECT id FROM unnest(%s::bigint[]) AS id WHERE pg_try_advisory_xact_lock(%s, (id %% %s)::int) LIMIT 1"


def shrink(ressource_id: int) -> int:
    """Return an id as a positive int4. Two resources that share a key only wait for one another."""
    return ressource_id % _INT4_MAX


class Verrouille(Exception):
    """Somebody is booking each of these resources right now."""


def lock_ressources(ids: Iterable[int]) -> None:
    """Lock each resource, in ascending order of key, to the end of the transaction. Again is free."""
    with connection.cursor() as cursor:
        for key in sorted({shrink(ressource_id) for ressource_id in ids}):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ESPACE, key])


def lock_first(ids: Sequence[int]) -> int:
    """Lock the first of these resources that nobody holds, and return it. Raises Verrouille; waits for nobody.

    Rows of an array come in its order, and LIMIT stops at the first lock obtained: one statement, one lock.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_FIRST, [list(ids), ESPACE, _INT4_MAX])
        found = cursor.fetchone()
    if found is None:
        raise Verrouille
    return int(found[0])
