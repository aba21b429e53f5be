"""Loading by COPY, as the owner of the tables, in one transaction: keys and indexes come down, then up again."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from accueil.volume.lignes import COLONNES, Ligne

TABLES = tuple(COLONNES)

_KEYS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
 WHERE contype = 'f' AND (conrelid = ANY (%(tables)s::regclass[]) OR confrelid = ANY (%(tables)s::regclass[]))
"""
_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
 WHERE i.indrelid = ANY (%(tables)s::regclass[]) AND NOT i.indisunique
"""


def copy_rows(table: str, rows: Iterable[Ligne]) -> None:
    """Stream `rows` into `table` (columns of COLONNES)."""
    columns = ", ".join(COLONNES[table].split())
    with _raw_cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


@contextmanager
def stripped() -> Iterator[None]:
    """Take down triggers, foreign keys and plain indexes of the volume tables; put them back, checked, at the end."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # checks still pending would forbid the changes below
        cursor.execute(_KEYS, {"tables": list(TABLES)})
        keys = cursor.fetchall()
        cursor.execute(_INDEXES, {"tables": list(TABLES)})
        indexes = cursor.fetchall()
        for table, name, _ in keys:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    with connection.cursor() as cursor:
        for _, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in keys:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@contextmanager
def without_word_indexes(*tables: str) -> Iterator[None]:
    """Take the GIN indexes of search tables down for a rebuild: built at once they cost ten times less."""
    with connection.cursor() as cursor:
        cursor.execute(
            _INDEXES + " AND pg_get_indexdef(i.indexrelid) LIKE '%% USING gin %%'", {"tables": list(tables)}
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
    yield
    with connection.cursor() as cursor:
        for _, definition in indexes:
            cursor.execute(definition)


def reserve_ids(table: str, combien: int) -> int:
    """Return the first of `combien` ids taken at once from the table's sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence(%(t)s, 'id'), nextval(pg_get_serial_sequence(%(t)s, 'id')) + %(n)s)",
            {"t": table, "n": max(combien, 1)},
        )
        row = cursor.fetchone()
    return int(row[0]) - max(combien, 1)


def _raw_cursor() -> Any:
    """psycopg's own cursor: Django's has no COPY."""
    connection.ensure_connection()
    return connection.connection.cursor()
