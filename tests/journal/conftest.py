"""A town with its wall up, a supervisor signed in, a moment in time."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Rattachement
from collectivites.permissions import Role


@pytest.fixture
def at() -> datetime:
    return datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
def agent(db: None) -> Agent:
    return Agent.objects.create_user("nadia@aurelle.example", prenom="Nadia", nom="Roux")


@pytest.fixture
def by(agent: Agent) -> Acteur:
    return Acteur(nature="agent", libelle=str(agent), agent_id=agent.pk)


@pytest.fixture
def ville(db: None) -> Iterator[Collectivite]:
    """The active town."""
    town = Collectivite.objects.create(slug="aurelle", nom="Ville d'Aurelle")
    with collectivite_active(town.pk):
        yield town


@pytest.fixture
def rattachement(ville: Collectivite, agent: Agent) -> Rattachement:
    return Rattachement.objects.create(collectivite=ville, agent=agent, roles=[Role.SUPERVISEUR])


@pytest.fixture
def client(rattachement: Rattachement, agent: Agent) -> Client:
    signed = Client()
    signed.force_login(agent)
    return signed
