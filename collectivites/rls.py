"""Migration operations that wall a table: row-level security, composite foreign keys, grants.

One helper, called once per table in the migration that creates it, so that a reader sees the wall beside the columns.
The form of the policy is measured (docs/adr/0001): bare equality, no second arm, no sub-select, no missing_ok.
"""

from django.conf import settings
from django.db.migrations import RunSQL

ACTIVE = "current_setting('app.collectivite')::bigint"


def wall(table: str, *, parents: dict[str, str] | None = None, append_only: bool = False) -> RunSQL:
    """Wall `table`. `parents` maps each `x_id` column to the walled table it points to.

    `append_only` takes UPDATE, DELETE and TRUNCATE away from the application's role.
    """
    forward = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        _policy(table),
        f"ALTER TABLE {table} ALTER COLUMN collectivite_id SET DEFAULT {ACTIVE}",
        *([] if append_only else [_identity(table)]),
        *[_reference(table, column, parent) for column, parent in (parents or {}).items()],
        grant(table, append_only=append_only),
    ]
    return RunSQL(";\n".join(forward), f"DROP POLICY IF EXISTS {table}_mur ON {table}")


def _policy(table: str) -> str:
    condition = f"(collectivite_id = {ACTIVE})"
    return f"CREATE POLICY {table}_mur ON {table} TO {settings.ROLE_APP} USING {condition} WITH CHECK {condition}"


def _identity(table: str) -> str:
    """The unique pair that composite foreign keys of other tables point to."""
    return f"ALTER TABLE {table} ADD CONSTRAINT {table}_identite UNIQUE (collectivite_id, id)"


def _reference(table: str, column: str, parent: str) -> str:
    """A row can only point to a row of its own tenant: plain foreign keys are checked without row security."""
    name = f"{table}_{column}_mur"
    return (
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (collectivite_id, {column}) "
        f"REFERENCES {parent} (collectivite_id, id) DEFERRABLE INITIALLY DEFERRED"
    )


def grant(table: str, *, append_only: bool = False) -> str:
    """Give the application's role what it needs on `table`, and no more."""
    app = settings.ROLE_APP
    rights = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"
    return f"REVOKE ALL ON {table} FROM {app}; GRANT {rights} ON {table} TO {app}"


def define(function_sql: str, *, signature: str) -> RunSQL:
    """Create a SECURITY DEFINER function callable by the application's role only (signature: « nom(types) »)."""
    forward = (
        f"{function_sql};\nREVOKE ALL ON FUNCTION {signature} FROM PUBLIC;\n"
        f"GRANT EXECUTE ON FUNCTION {signature} TO {settings.ROLE_APP}"
    )
    return RunSQL(forward, f"DROP FUNCTION IF EXISTS {signature}")
