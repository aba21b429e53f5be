"""A town with its wall up."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Rattachement
from collectivites.permissions import Role
from messagerie import disjoncteur, prise
from tests.messagerie.ouvrier import Fournisseur, Registre

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


# ── The ledger and its workers ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def rested() -> Iterator[None]:
    disjoncteur.reset()
    yield
    disjoncteur.reset()


@pytest.fixture
def fournisseur(rested: None, monkeypatch: pytest.MonkeyPatch) -> Fournisseur:
    double = Fournisseur()
    monkeypatch.setattr(prise, "choose_fournisseur", lambda _canal: double)
    return double


@pytest.fixture
def ovh(fournisseur: Fournisseur) -> Fournisseur:
    fournisseur.nom, fournisseur.is_idempotent = "ovh", False
    return fournisseur


@pytest.fixture
def registre(ville: Collectivite, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Registre:
    monkeypatch.setattr("messagerie.actions.nudge", lambda *_ids: None)
    return Registre(ville, at)
