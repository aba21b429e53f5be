"""The strict world: a real PostgreSQL under its wall, a real Valkey, and no way out of this machine."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connections
from django.test import TransactionTestCase

from tests.base_reelle import BaseDeTest, base_de_test
from tests.desordre import shuffle_unordered_queries

ROLE_SOUS_CLOISON = "guichet_app"


@pytest.fixture(scope="session")
def base_copiee() -> Iterator[BaseDeTest]:
    """The database of this worker; only the tests that use a database pay for it."""
    with base_de_test() as base:
        yield base


@pytest.fixture(scope="session")
def django_db_setup(base_copiee: BaseDeTest) -> Iterator[None]:
    """Send every test to the copy, as the role that row-level security binds: no test runs above the wall."""
    connexion = connections["default"]
    connexion.close()
    connexion.settings_dict["NAME"] = base_copiee.nom
    connexion.settings_dict["OPTIONS"]["options"] = f"-c role={ROLE_SOUS_CLOISON}"
    remise = TransactionTestCase._fixture_teardown

    def renouveler(_cas: TransactionTestCase) -> None:
        connections.close_all()
        base_copiee.renouveler()

    # A test with real transactions leaves rows behind. Django would truncate, which the walled role may not do and
    # which would also empty the rows laid by migrations: a new copy is as quick and complete.
    TransactionTestCase._fixture_teardown = renouveler  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = remise  # type: ignore[method-assign]
    connections.close_all()


@pytest.fixture
def superutilisateur(django_db_setup: None, base_copiee: BaseDeTest) -> Iterator[psycopg.Connection]:
    """A connection above the wall, autocommit, for the catalogue and for proofs that the other side is intact."""
    with psycopg.connect(base_copiee.adresse_superutilisateur, autocommit=True) as connexion:
        yield connexion


@pytest.fixture(scope="session", autouse=True)
def _sans_ordre() -> Iterator[None]:
    with shuffle_unordered_queries():
        yield
