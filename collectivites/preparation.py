"""What PostgreSQL must hold before the first migration: two roles, the extensions, default grants."""

from django.conf import settings
from django.db import connection, transaction

EXTENSIONS = ("pg_trgm", "unaccent", "btree_gin", "btree_gist")
_LOCK = 7_351_001  # advisory lock: roles belong to the whole cluster, two databases may be prepared at once


def use_role(role: str | None) -> None:
    """Reconnect with `role` assumed (None: the login role itself), without the pool."""
    connection.close()
    options = connection.settings_dict["OPTIONS"]
    options.pop("pool", None)
    options["options"] = f"-c role={role}" if role else ""


def create_roles_and_extensions() -> None:
    """Create what is missing; needs a login role that may create roles, or roles already there."""
    owner, app = settings.ROLE_PROPRIETAIRE, settings.ROLE_APP
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        for role in (owner, app):
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS")
            cursor.execute("SELECT pg_has_role(current_user, %s, 'member')", [role])
            if cursor.fetchone() == (False,):
                cursor.execute(f"GRANT {role} TO CURRENT_USER")
        for extension in EXTENSIONS:
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
        cursor.execute(_grants(owner, app))


def _grants(owner: str, app: str) -> str:
    """The owner creates in `public`; the application reads and writes what has no tenant (walled tables say more)."""
    return f"""
        GRANT USAGE, CREATE ON SCHEMA public TO {owner};
        GRANT USAGE ON SCHEMA public TO {app};
        ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public
              GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app};
        ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app};
    """
