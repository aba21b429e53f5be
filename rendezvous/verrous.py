"""One writer of the time of a resource at a time: whoever books it, whoever changes when it receives. See ADR 21.

The lock ends with the transaction, or with the savepoint that took it when it is rolled back.
"""

from collections.abc import Iterable

from django.db import connection

ESPACE = 7701  # first half of the key: appointments; the second one is the resource
_INT4_MAX = 2**31 - 1


def shrink(ressource_id: int) -> int:
    """Return an id as a positive int4. Two resources that share a key only wait for one another."""
    return ressource_id % _INT4_MAX


class Verrouille(Exception):
    """Somebody is booking this resource right now."""


def lock_ressources(ids: Iterable[int], *, waits: bool = True) -> None:
    """Lock each resource, in ascending order of key, to the end of the transaction. Again is free.

    Raises Verrouille when one is held by somebody else and `waits` is False.
    """
    with connection.cursor() as cursor:
        for key in sorted({shrink(ressource_id) for ressource_id in ids}):
            if waits:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ESPACE, key])
                continue
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [ESPACE, key])
            if not cursor.fetchone()[0]:
                raise Verrouille
