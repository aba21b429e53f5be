"""Counts that stay quick on any volume: they stop at a ceiling, and several fit in one query."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, QuerySet


def count_up_to(rows: "QuerySet[Any]", plafond: int) -> Func:
    """Return the expression that counts `rows`, `plafond` at most."""
    bounded = ArraySubquery(rows.order_by().values("pk")[:plafond])
    return Func(bounded, function="cardinality", output_field=IntegerField())
