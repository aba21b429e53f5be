"""A town with its services, its agents, its catalogue and a person known by e-mail and mobile."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from citoyens.actions import Contact, create_usager
from citoyens.models import Usager
from collectivites.acces import Acces
from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Rattachement, Service, ServiceRattachement
from collectivites.permissions import Role
from demandes.actions import open_demande
from demandes.models import Demande, Thematique, TypeDemande

PARIS = ZoneInfo("Europe/Paris")
Ouvrir = Callable[..., Demande]


@pytest.fixture
def at() -> datetime:
    return datetime(2026, 11, 12, 16, 40, tzinfo=PARIS)  # a Thursday


@pytest.fixture
def ville(db: None) -> Iterator[Collectivite]:
    """The active town."""
    town = Collectivite.objects.create(slug="aurelle", nom="Ville d'Aurelle", telephone="0199001200")
    with collectivite_active(town.pk):
        yield town


@pytest.fixture
def service(ville: Collectivite) -> Service:
    return Service.objects.create(nom="Éclairage public", domaine="cadre_de_vie", telephone="0199001234")


@pytest.fixture
def ccas(ville: Collectivite) -> Service:
    """The sealed service."""
    return Service.objects.create(nom="Action sociale", domaine="social")


@pytest.fixture
def type_eclairage(service: Service) -> TypeDemande:
    return TypeDemande.objects.create(
        libelle="Éclairage", thematique=Thematique.objects.named("Signaler un problème"), domaine="cadre_de_vie",
        service=service, engagement_jours=5,
    )  # fmt: skip


@pytest.fixture
def type_social(ccas: Service) -> TypeDemande:
    return TypeDemande.objects.create(
        libelle="Aide sociale",
        thematique=Thematique.objects.named("Solidarité"),
        domaine="social",
        service=ccas,
        engagement_jours=10,
    )


def join(ville: Collectivite, email: str, nom: str, *services: Service, roles: tuple[Role, ...]) -> Agent:
    """An agent of the town, working for these services."""
    prenom, _, famille = nom.partition(" ")
    agent = Agent.objects.create_user(email, "mot-de-passe-long", prenom=prenom, nom=famille)
    link = Rattachement.objects.create(agent=agent, collectivite=ville, roles=list(roles))
    for each in services:
        ServiceRattachement.objects.create(rattachement=link, service=each)
    return agent


@pytest.fixture
def agent(ville: Collectivite, service: Service) -> Agent:
    return join(ville, "claire@aurelle.example", "Claire Moreau", service, roles=(Role.ACCUEIL,))


@pytest.fixture
def collegue(ville: Collectivite, service: Service) -> Agent:
    return join(ville, "yann@aurelle.example", "Yann Le Goff", service, roles=(Role.INSTRUCTEUR,))


def acting(agent: Agent) -> Acteur:
    return Acteur(nature="agent", libelle=str(agent), agent_id=agent.pk)


def acces_of(agent: Agent, ville: Collectivite) -> Acces:
    link = Rattachement.objects.select_related("collectivite").get(agent=agent, collectivite=ville)
    return Acces(agent=agent, collectivite=ville, rattachement=link)


@pytest.fixture
def by(agent: Agent) -> Acteur:
    return acting(agent)


@pytest.fixture
def acces(agent: Agent, ville: Collectivite) -> Acces:
    return acces_of(agent, ville)


@pytest.fixture
def usager(ville: Collectivite, by: Acteur, at: datetime) -> Usager:
    contacts = [Contact("mobile", "06 39 98 12 34", is_prefere=True), Contact("courriel", "samira@exemple.fr")]
    return create_usager(
        nature="personne", nom="Ben Amar", prenoms="Samira", contacts=contacts, by=by, at=at - timedelta(days=90)
    )


@pytest.fixture
def ouvrir(ville: Collectivite, usager: Usager, type_eclairage: TypeDemande, by: Acteur, at: datetime) -> Ouvrir:
    """Open a demande: `ouvrir(objet="…")`; by default Samira's broken street lamp, by e-mail."""

    def fabrique(**options: object) -> Demande:
        defaults = {
            "objet": "Lampadaire éteint rue des Tanneurs",
            "description": "Bonjour, le lampadaire devant le 8 est éteint depuis une semaine.",
            "canal": "courriel", "mode_reponse": "courriel", "received_at": at, "usager": usager,
            "type": type_eclairage, "adresse": "samira@exemple.fr", "clef": uuid4(), "by": by, "at": at,
        }  # fmt: skip
        return open_demande(**(defaults | options))

    return fabrique


@pytest.fixture
def demande(ouvrir: Ouvrir) -> Demande:
    return ouvrir()
