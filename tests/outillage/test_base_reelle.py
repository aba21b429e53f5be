"""The suite's database is the real one: migrated by the operator's command, used from behind the wall."""

import psycopg
import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from collectivites.models import Collectivite


@pytest.mark.django_db
def test_every_test_runs_as_the_role_that_the_wall_binds() -> None:
    with connection.cursor() as curseur:
        curseur.execute("SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert curseur.fetchone() == ("guichet_app", False)


@pytest.mark.django_db
def test_the_tables_belong_to_the_owner_and_not_to_the_role_in_use(superutilisateur: psycopg.Connection) -> None:
    lignes = superutilisateur.execute(
        "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'collectivites%'"
    )
    assert lignes.fetchall() == [("guichet_proprietaire",)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fois", [1, 2])
def test_a_test_with_real_transactions_leaves_the_base_as_it_found_it(fois: int) -> None:
    assert not Collectivite.objects.exists(), f"what was written before run {fois} is gone"
    assert MigrationRecorder(connection).applied_migrations(), "what the migrations laid is still there"
    Collectivite.objects.create(slug="temoin", nom="Témoin")
