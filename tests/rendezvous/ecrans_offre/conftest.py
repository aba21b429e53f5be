"""The browser of a supervisor, and of an agent who receives."""

from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from collectivites.models import Agent, Collectivite, Service
from collectivites.permissions import Role
from tests.rendezvous.monde import make_agent


@pytest.fixture
def client(client: Client, agent: Agent) -> Client:
    """Claire runs the offer."""
    client.force_login(agent)
    return client


@pytest.fixture
def receveur(ville: Collectivite, service: Service) -> Agent:
    """Yann receives, and runs nothing."""
    return make_agent(ville, "Yann Le Goff", service, roles=(Role.INSTRUCTEUR,))


@pytest.fixture
def lundi() -> date:
    """A Monday three weeks ahead, away from today and from any hour of the test."""
    today = timezone.localdate()
    return today + timedelta(days=21 - today.weekday())


def url(name: str, *args: Any) -> str:
    return reverse(f"rendezvous:{name}", args=["aurelle", *args])


def text(answer: HttpResponse) -> str:
    """What the reader sees, spaces made plain."""
    return unescape(answer.content.decode()).replace("\u00a0", " ")
