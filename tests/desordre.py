"""An unordered query comes back in a random order, so that no code leans on the order PostgreSQL happens to give."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import OrderBy
from django.db.models.functions import Random
from django.db.models.sql.compiler import (
    SQLAggregateCompiler,
    SQLCompiler,
    SQLDeleteCompiler,
    SQLInsertCompiler,
    SQLUpdateCompiler,
)

WRITERS = (SQLAggregateCompiler, SQLDeleteCompiler, SQLInsertCompiler, SQLUpdateCompiler)


def _may_be_shuffled(compiler: SQLCompiler) -> bool:
    """Leave alone what has no order of its own or would change of meaning: sub-queries, groups, unions, EXPLAIN."""
    query = compiler.query
    return (
        not isinstance(compiler, WRITERS)
        and query.default_ordering
        and not (query.subquery or query.distinct or query.combinator or query.explain_info)
        and query.group_by is None
        and not any(expression.contains_aggregate for expression in query.annotation_select.values())
    )


@contextmanager
def shuffle_unordered_queries() -> Iterator[None]:
    """Add ``ORDER BY RANDOM()`` to the queries that have no order, for the block."""
    original = SQLCompiler._order_by_pairs

    def order_by_pairs(compiler: SQLCompiler) -> Iterator[Any]:
        pairs = list(original(compiler))
        if not pairs and _may_be_shuffled(compiler):
            pairs = [(OrderBy(Random()), False)]
        yield from pairs

    SQLCompiler._order_by_pairs = order_by_pairs
    try:
        yield
    finally:
        SQLCompiler._order_by_pairs = original
