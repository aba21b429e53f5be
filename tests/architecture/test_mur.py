"""The wall, proved on PostgreSQL's catalogue: every table, every key, every function."""

import psycopg
import pytest
from django.apps import apps

from collectivites.cloison import ModeleCloisonne

# Tables read before a tenant is chosen. Each has its reason; a new one needs a review.
SANS_MUR = {
    "collectivites_rattachement": "says which towns an agent may enter",
}
# Unique keys that do not begin with the tenant, each with its reason.
CLEFS_GLOBALES = {
    "boite_adresse_partout": "an e-mail address finds its tenant",
    "envoi_uuid_partout": "a provider's receipt names the idempotency key only",
}

TENANT_TABLES = """
SELECT c.oid, c.relname, c.relrowsecurity, c.relispartition FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'collectivite_id' AND NOT a.attisdropped
 WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
"""


@pytest.fixture
def tables(superutilisateur: psycopg.Connection) -> dict[str, tuple[int, bool, bool]]:
    rows = superutilisateur.execute(TENANT_TABLES).fetchall()
    return {name: (oid, secured, partition) for oid, name, secured, partition in rows}


def test_every_walled_model_has_a_table_seen_by_these_tests(tables: dict[str, tuple[int, bool, bool]]) -> None:
    walled = {m._meta.db_table for m in apps.get_models() if issubclass(m, ModeleCloisonne)}
    assert walled
    assert walled <= set(tables)


def test_every_table_with_a_tenant_has_row_security(tables: dict[str, tuple[int, bool, bool]]) -> None:
    open_tables = {n for n, (_, secured, partition) in tables.items() if not secured and not partition}
    assert open_tables == set(SANS_MUR)


def test_every_policy_is_the_bare_equality(superutilisateur: psycopg.Connection) -> None:
    rows = superutilisateur.execute("SELECT tablename, qual, with_check, roles FROM pg_policies").fetchall()
    bare = "(collectivite_id = (current_setting('app.collectivite'::text))::bigint)"
    wrong = [t for t, qual, check, roles in rows if (qual, check, list(roles)) != (bare, bare, ["guichet_app"])]
    assert rows
    assert wrong == []


def test_every_unique_key_holds_the_tenant(superutilisateur: psycopg.Connection) -> None:
    rows = superutilisateur.execute(
        """
        SELECT t.relname, i.relname FROM pg_index x
          JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
          JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'collectivite_id'
         WHERE x.indisunique AND NOT x.indisprimary AND NOT t.relispartition
           AND t.relnamespace = 'public'::regnamespace AND a.attnum <> ALL (x.indkey::int2[])
        """
    ).fetchall()
    assert {index for _, index in rows} == set(CLEFS_GLOBALES)


def test_a_key_between_walled_tables_carries_the_tenant(superutilisateur: psycopg.Connection) -> None:
    rows = superutilisateur.execute(
        """
        SELECT k.conname, k.conrelid::regclass::text, k.confrelid::regclass::text FROM pg_constraint k
          JOIN pg_class child ON child.oid = k.conrelid AND child.relrowsecurity
          JOIN pg_class parent ON parent.oid = k.confrelid AND parent.relrowsecurity
         WHERE k.contype = 'f' AND cardinality(k.conkey) = 1
        """
    ).fetchall()
    assert rows == []


def test_every_foreign_key_of_a_walled_model_is_kept_by_the_database(superutilisateur: psycopg.Connection) -> None:
    kept = {
        (table, column)
        for table, column in superutilisateur.execute(
            """
            SELECT k.conrelid::regclass::text, a.attname FROM pg_constraint k
              JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) WHERE k.contype = 'f'
            """
        ).fetchall()
    }
    declared = {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        if issubclass(model, ModeleCloisonne)
        for field in model._meta.local_fields
        if field.is_relation
    }
    assert declared - kept == set()


def test_no_right_is_given_on_a_partition(superutilisateur: psycopg.Connection) -> None:
    rows = superutilisateur.execute(
        """
        SELECT c.relname FROM pg_class c
         WHERE c.relispartition AND c.relkind = 'r'
           AND has_table_privilege('guichet_app', c.oid, 'SELECT, INSERT, UPDATE, DELETE')
        """
    ).fetchall()
    assert rows == []


@pytest.mark.parametrize("right", ["UPDATE", "DELETE", "TRUNCATE"])
def test_the_journal_and_the_history_can_only_grow(superutilisateur: psycopg.Connection, right: str) -> None:
    rows = superutilisateur.execute(
        """
        SELECT c.relname FROM pg_class c
         WHERE c.relkind IN ('r', 'p') AND (c.relname LIKE 'journal\\_%%' OR c.relname LIKE '%%event')
           AND c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'pghistory%%'
           AND has_table_privilege('guichet_app', c.oid, %s)
        """,
        [right],
    ).fetchall()
    assert rows == []


def test_every_definer_function_pins_its_search_path_and_is_closed_to_the_public(
    superutilisateur: psycopg.Connection,
) -> None:
    rows = superutilisateur.execute(
        """
        SELECT p.proname FROM pg_proc p
         WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace
           AND (NOT coalesce(array_to_string(p.proconfig, ',') LIKE '%%search_path=public, pg_temp%%', false)
                OR has_function_privilege('public', p.oid, 'EXECUTE') AND p.prorettype <> 'trigger'::regtype)
        """
    ).fetchall()
    assert rows == []


def test_no_view_bypasses_row_security(superutilisateur: psycopg.Connection) -> None:
    rows = superutilisateur.execute(
        """
        SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace
           AND NOT coalesce(array_to_string(reloptions, ',') LIKE '%security_invoker=true%', false)
        """
    ).fetchall()
    assert rows == []
