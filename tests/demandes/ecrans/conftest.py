"""Browsers of agents, today: screens read the clock, so their demandes are of yesterday."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from collectivites.models import Agent

MENAGE = ("SAVEPOINT", "RELEASE", "SET LOCAL", "ROLLBACK")


@pytest.fixture
def maintenant() -> datetime:
    return timezone.now()


@pytest.fixture
def at(maintenant: datetime) -> datetime:
    return maintenant - timedelta(days=1)


@pytest.fixture
def client_de(client: Client) -> Callable[[Agent], Client]:
    def connect(agent: Agent) -> Client:
        client.force_login(agent)
        return client

    return connect


@pytest.fixture
def poste(client_de: Callable[[Agent], Client], agent: Agent) -> Client:
    """Claire's browser."""
    return client_de(agent)


def url(name: str, *args: object) -> str:
    return reverse(f"demandes:{name}", args=["aurelle", *args])


def count_queries(captured: CaptureQueriesContext) -> int:
    """The questions asked, without what opens and closes the wall."""
    return sum(not query["sql"].startswith(MENAGE) for query in captured.captured_queries)
