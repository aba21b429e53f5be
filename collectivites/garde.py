"""Refuses to serve under a database role that row-level security does not bind."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection

# True when the current role is a superuser, bypasses row security, or owns a walled table.
_DANGEROUS = """
SELECT r.rolsuper OR r.rolbypassrls OR EXISTS (
         SELECT 1 FROM pg_class c
          WHERE c.relrowsecurity AND pg_has_role(current_user, c.relowner, 'usage'))
  FROM pg_roles r WHERE r.rolname = current_user
"""
_verified = False


class RoleDangereux(Exception):
    """The process is connected with a role that would walk through the wall."""


def is_role_dangerous() -> bool:
    """Ask PostgreSQL whether the current role could read another tenant's rows."""
    with connection.cursor() as cursor:
        cursor.execute(_DANGEROUS)
        row = cursor.fetchone()
    return row is None or bool(row[0])


def verify_role_once() -> None:
    """Check the role at the first walled access of the process. Raises RoleDangereux."""
    global _verified  # noqa: PLW0603 one flag a process, set once
    if _verified:
        return
    if is_role_dangerous():
        raise RoleDangereux("Le rôle PostgreSQL de ce processus contourne le cloisonnement : utilisez guichet_app.")
    _verified = True


@register(Tags.database)
def check_role(app_configs: Any = None, databases: Any = None, **_: Any) -> list[CheckMessage]:
    """`manage.py check --database default` says it too."""
    if not databases or not is_role_dangerous():
        return []
    hint = "Lancez le processus sans GUICHET_ROLE_BASE, ou avec GUICHET_ROLE_BASE=guichet_app."
    return [Error("Le rôle PostgreSQL contourne le cloisonnement des collectivités.", hint=hint, id="GUI.E002")]
