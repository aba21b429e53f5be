"""The wall: one active collectivité at a time, held by PostgreSQL row-level security.

`collectivite_active(id)` opens a transaction and gives the tenant to the database with `SET LOCAL`; every walled table
then shows and accepts only that tenant's rows. Without it, any touch of a walled table is an error, never an empty
answer. See docs/adr/0001-le-mur-est-dans-postgresql.md.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import DataError, ProgrammingError, connection, models, transaction

from collectivites.garde import verify_role_once
from socle.traces import contexte_ids

_active: ContextVar[int | None] = ContextVar("collectivite_active", default=None)

_REFUSALS = ('invalid input syntax for type bigint: ""', 'unrecognized configuration parameter "app.collectivite"')


class CollectiviteNonDefinie(Exception):
    """A walled table was touched with no active collectivité: a programming error, always."""

    def __init__(self) -> None:
        super().__init__("Aucune collectivité active : ouvrez collectivite_active(id) autour de cet accès.")


def get_active_id() -> int:
    """Return the id of the active collectivité. Raises CollectiviteNonDefinie."""
    active = _active.get()
    if active is None:
        raise CollectiviteNonDefinie
    return active


@contextmanager
def collectivite_active(collectivite_id: int) -> Iterator[None]:
    """Open a transaction in which the database shows only this collectivité. Nests; restores the previous one.

    Never call a provider, a mailbox or any network inside: the transaction would stay open meanwhile.
    """
    verify_role_once()
    previous = _active.get()
    inside = connection.in_atomic_block
    with transaction.atomic():
        token = _active.set(collectivite_id)
        ids_token = contexte_ids.set({**contexte_ids.get(), "collectivite": collectivite_id})
        try:
            _set_local(collectivite_id)
            yield
        finally:
            _active.reset(token)
            contexte_ids.reset(ids_token)
        if inside:  # a savepoint release keeps SET LOCAL: put the previous tenant (or none) back
            _set_local(previous)


def _set_local(collectivite_id: int | None) -> None:
    value = "" if collectivite_id is None else str(int(collectivite_id))
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL app.collectivite TO '{value}'")  # an int, never text from outside


def translate_refusal(
    execute: Callable[..., Any],
    sql: Any,
    params: Any,
    many: bool,  # noqa: FBT001 the signature is Django's
    context: dict[str, Any],
) -> Any:
    """Database execute wrapper: turn PostgreSQL's refusal for want of a tenant into CollectiviteNonDefinie."""
    try:
        return execute(sql, params, many, context)
    except (DataError, ProgrammingError) as error:
        if any(refusal in str(error) for refusal in _REFUSALS):
            raise CollectiviteNonDefinie from error
        raise


class ClefCloisonnee(models.ForeignKey[Any, Any]):
    """A foreign key between two walled tables: the database enforces it on (collectivite_id, x_id), see `rls.py`."""

    def __init__(self, to: Any, on_delete: Any, **kwargs: Any) -> None:
        kwargs.setdefault("related_name", "+")
        kwargs["db_constraint"] = False
        kwargs.setdefault("db_index", False)  # indexes are declared in Meta and begin with collectivite_id
        super().__init__(to, on_delete, **kwargs)


class ClefCollectivite(models.ForeignKey[Any, Any]):
    """The tenant of a row: the active one by default. Migrations never hold the default: they run with no tenant."""

    def __init__(self, to: Any = "collectivites.Collectivite", on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        options: dict[str, Any] = {
            "db_index": False,
            "editable": False,
            "related_name": "+",
            "verbose_name": "collectivité",
        }
        super().__init__(to, on_delete, **(options | {"default": get_active_id} | kwargs))

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Describe a plain foreign key without default, for migrations."""
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("default", None)
        return name, "django.db.models.ForeignKey", args, kwargs


class ModeleCloisonne(models.Model):
    """A row that belongs to one collectivité. The migration of its table calls `rls.wall()`; a test checks it."""

    collectivite = ClefCollectivite()

    class Meta:
        abstract = True
