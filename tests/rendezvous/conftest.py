"""A town that receives the public: services, an agent, a lieu, a motif, a resource, an usager to write to."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from citoyens.actions import Contact, create_usager
from citoyens.models import Usager
from collectivites.acces import Acces
from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Lieu, Rattachement, Service
from collectivites.permissions import Role
from rendezvous.models import Motif, Ressource
from tests.rendezvous.monde import make_agent, make_lieu, make_motif, make_ressource

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def at() -> datetime:
    return datetime(2026, 11, 19, 10, 0, tzinfo=PARIS)  # a Thursday; the next Monday is 23 November


@pytest.fixture
def ville(db: None) -> Iterator[Collectivite]:
    """The active town, its wall up."""
    town = Collectivite.objects.create(slug="aurelle", nom="Ville d'Aurelle", telephone="0199001200")
    with collectivite_active(town.pk):
        yield town


@pytest.fixture
def service(ville: Collectivite) -> Service:
    return Service.objects.create(nom="État civil", domaine="etat_civil", telephone="0199001234")


@pytest.fixture
def ccas(ville: Collectivite) -> Service:
    """The sealed service."""
    return Service.objects.create(nom="Action sociale", domaine="social")


@pytest.fixture
def agent(ville: Collectivite, service: Service) -> Agent:
    """A supervisor of the service: may open ranges, book and mark."""
    return make_agent(ville, "Claire Moreau", service, roles=(Role.SUPERVISEUR,))


@pytest.fixture
def by(agent: Agent) -> Acteur:
    return Acteur(nature="agent", libelle=str(agent), agent_id=agent.pk)


@pytest.fixture
def acces(agent: Agent, ville: Collectivite) -> Acces:
    link = Rattachement.objects.select_related("collectivite").get(agent=agent, collectivite=ville)
    return Acces(agent=agent, collectivite=ville, rattachement=link)


@pytest.fixture
def lieu(ville: Collectivite) -> Lieu:
    return make_lieu()


@pytest.fixture
def motif(service: Service) -> Motif:
    return make_motif(service)


@pytest.fixture
def ressource(agent: Agent) -> Ressource:
    return make_ressource(agent)


@pytest.fixture
def usager(ville: Collectivite, by: Acteur, at: datetime) -> Usager:
    contacts = [Contact("mobile", "06 39 98 12 34", is_prefere=True), Contact("courriel", "samira@exemple.fr")]
    return create_usager(
        nature="personne", nom="Ben Amar", prenoms="Samira", contacts=contacts, by=by, at=at - timedelta(days=90)
    )
