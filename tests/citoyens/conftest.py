"""A town with its wall up, an agent at the counter, a moment in time."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from citoyens.actions import Contact, create_usager
from citoyens.models import Usager
from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Rattachement
from collectivites.permissions import Role

FabriqueUsager = Callable[..., Usager]


@pytest.fixture
def at() -> datetime:
    return datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
def agent(db: None) -> Agent:
    return Agent.objects.create_user("claire@aurelle.example", prenom="Claire", nom="Moreau")


@pytest.fixture
def by(agent: Agent) -> Acteur:
    return Acteur(nature="agent", libelle=str(agent), agent_id=agent.pk)


@pytest.fixture
def autre_ville(db: None) -> Collectivite:
    return Collectivite.objects.create(slug="valmont", nom="Valmont")


@pytest.fixture
def ville(db: None) -> Iterator[Collectivite]:
    """The active town."""
    town = Collectivite.objects.create(slug="aurelle", nom="Ville d'Aurelle")
    with collectivite_active(town.pk):
        yield town


@pytest.fixture
def creer(by: Acteur, at: datetime) -> FabriqueUsager:
    """Create a person in the active town: `creer("Ben Amar", "Samira", courriel="s@exemple.fr", mobile=…)`."""

    def fabrique(nom: str = "Ben Amar", prenoms: str = "Samira", **champs: object) -> Usager:
        natures = ("courriel", "mobile", "fixe", "adresse")
        contacts = [Contact(nature, str(champs.pop(nature))) for nature in natures if nature in champs]
        options = {"nature": "personne", "contacts": contacts} | champs
        return create_usager(nom=nom, prenoms=prenoms, by=by, at=at, **options)

    return fabrique


@pytest.fixture
def rattachement(ville: Collectivite, agent: Agent) -> Rattachement:
    return Rattachement.objects.create(collectivite=ville, agent=agent, roles=[Role.ACCUEIL])


@pytest.fixture
def client(rattachement: Rattachement, agent: Agent) -> Client:
    signed = Client()
    signed.force_login(agent)
    return signed


@pytest.fixture
def samira(creer: FabriqueUsager) -> Usager:
    creer("Ben Amar", "Karim", courriel="famille@exemple.fr")
    return creer(
        "Ben Amar",
        "Samira",
        nom_naissance="Kaci",
        civilite="mme",
        naissance_on=date(1987, 3, 14),
        mobile="06 39 98 12 34",
        courriel="famille@exemple.fr",
        adresse="8 rue des Tanneurs, 29000 Aurelle",
    )
