"""A town, its administrator signed in, a neighbour town."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client

from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Rattachement
from collectivites.permissions import Role

AT = datetime(2026, 11, 24, 8, 40, tzinfo=UTC)


@pytest.fixture
def at() -> datetime:
    return AT


@pytest.fixture
def ville(db: None) -> Collectivite:
    return Collectivite.objects.create(slug="aurelle", nom="Ville d'Aurelle")


@pytest.fixture
def autre_ville(db: None) -> Collectivite:
    return Collectivite.objects.create(slug="valmont", nom="Mairie de Valmont")


@pytest.fixture
def administrateur(ville: Collectivite) -> Agent:
    agent = Agent.objects.create_user("nadia@aurelle.example", prenom="Nadia", nom="Perrin")
    Rattachement.objects.create(agent=agent, collectivite=ville, roles=[Role.ADMINISTRATEUR])
    return agent


@pytest.fixture
def by(administrateur: Agent) -> Acteur:
    return Acteur(nature="agent", libelle=str(administrateur), agent_id=administrateur.pk)


@pytest.fixture
def mur(ville: Collectivite) -> Iterator[Collectivite]:
    with collectivite_active(ville.pk):
        yield ville


@pytest.fixture
def client_admin(client: Client, administrateur: Agent) -> Client:
    client.force_login(administrateur)
    return client
