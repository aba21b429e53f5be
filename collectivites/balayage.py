"""What a sweeper may see over every town: (collectivite_id, id) of what is due, by a definer function, no more."""

from collections.abc import Sequence
from typing import Any

from django.db import connection


def list_pairs(appel: str, params: Sequence[Any] = ()) -> list[tuple[int, int]]:
    """Return the pairs a definer function gives: `appel` is ours, « rendezvous_ants_a_faire(%s, %s) »."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT collectivite_id, id FROM {appel}", list(params))  # noqa: S608 a name of ours
        return list(cursor.fetchall())


def list_towns(appel: str, params: Sequence[Any] = ()) -> list[int]:
    """Return the towns of those pairs, once each, in order."""
    return sorted({town for town, _ in list_pairs(appel, params)})
