"""A town with its wall up."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

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
    return Collectivite.objects.create(slug="aurelle", nom="Mairie d'Aurelle", courriel="mairie@aurelle.example")


@pytest.fixture
def autre_ville(db: None) -> Collectivite:
    return Collectivite.objects.create(slug="valmont", nom="Mairie de Valmont")


@pytest.fixture
def mur(ville: Collectivite) -> Iterator[Collectivite]:
    with collectivite_active(ville.pk):
        yield ville


def create_agent(ville: Collectivite, *roles: Role, email: str = "claire@aurelle.example") -> Agent:
    agent = Agent.objects.create_user(email, "mot-de-passe-long", prenom="Claire", nom="Martin")
    Rattachement.objects.create(agent=agent, collectivite=ville, roles=list(roles))
    return agent


@pytest.fixture
def superviseur(ville: Collectivite) -> Agent:
    return create_agent(ville, Role.SUPERVISEUR)


@pytest.fixture
def by(superviseur: Agent) -> Acteur:
    return Acteur(nature="agent", libelle=str(superviseur), agent_id=superviseur.pk)
