"""A town with its desk: an agent of the front desk, an instructor, an administrator, a neighbour town."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from citoyens.actions import Contact, create_usager
from citoyens.models import Usager
from collectivites.acces import Acces
from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Rattachement, Service, ServiceRattachement
from collectivites.permissions import Role
from demandes.actions import open_demande
from demandes.models import Demande, Thematique, TypeDemande

Ouvrir = Callable[..., Demande]
DansLaVille = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def ville(db: None) -> Collectivite:
    return Collectivite.objects.create(slug="aurelle", nom="Ville d'Aurelle", accent="#0b5563")


@pytest.fixture
def autre_ville(db: None) -> Collectivite:
    return Collectivite.objects.create(slug="valmont", nom="Mairie de Valmont", accent="#2f5d2a")


@pytest.fixture
def mur(ville: Collectivite) -> DansLaVille:
    """Open the wall on the town: `with mur():`."""
    return lambda: collectivite_active(ville.pk)


def seat(ville: Collectivite, email: str, prenom: str, nom: str, *roles: str) -> Agent:
    agent = Agent.objects.create_user(email, prenom=prenom, nom=nom)
    Rattachement.objects.create(agent=agent, collectivite=ville, roles=list(roles))
    return agent


@pytest.fixture
def claire(ville: Collectivite) -> Agent:
    """Front desk."""
    return seat(ville, "claire@aurelle.exemple.fr", "Claire", "Morvan", Role.ACCUEIL)


@pytest.fixture
def paul(ville: Collectivite) -> Agent:
    """Administrator: settings, no usager."""
    return seat(ville, "paul@aurelle.exemple.fr", "Paul", "Nguyen", Role.ADMINISTRATEUR)


@pytest.fixture
def services(mur: DansLaVille) -> dict[str, Service]:
    with mur():
        return {
            nom: Service.objects.create(nom=nom, domaine=domaine)
            for nom, domaine in (
                ("Éclairage public", "cadre_de_vie"), ("État civil", "etat_civil"), ("CCAS", "social"),
            )
        }  # fmt: skip


@pytest.fixture
def yann(ville: Collectivite, services: dict[str, Service], mur: DansLaVille) -> Agent:
    """Instructor at the street lighting."""
    agent = seat(ville, "yann@aurelle.exemple.fr", "Yann", "Le Goff", Role.INSTRUCTEUR)
    link = Rattachement.objects.get(agent=agent)
    with mur():
        ServiceRattachement.objects.create(rattachement=link, service=services["Éclairage public"])
    return agent


@pytest.fixture
def types(services: dict[str, Service], mur: DansLaVille) -> dict[str, TypeDemande]:
    rows = (("Lampadaire éteint", "Éclairage public"), ("Carte d'identité", "État civil"), ("Aide d'urgence", "CCAS"))
    with mur():
        return {
            libelle: TypeDemande.objects.create(
                libelle=libelle, thematique=Thematique.objects.named("Thème"), service=services[nom],
                domaine=services[nom].domaine,
                engagement_jours=1,
            )
            for libelle, nom in rows
        }  # fmt: skip


@pytest.fixture
def by(claire: Agent) -> Acteur:
    return Acteur(nature="agent", libelle=str(claire), agent_id=claire.pk)


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def samira(mur: DansLaVille, by: Acteur, at: datetime) -> Usager:
    with mur():
        return create_usager(
            nature="personne", nom="Ben Amar", prenoms="Samira", nom_naissance="Kaci", civilite="mme",
            contacts=[Contact("mobile", "06 39 98 12 34", is_prefere=True), Contact("courriel", "samira@exemple.fr")],
            by=by, at=at,
        )  # fmt: skip


@pytest.fixture
def ouvrir(mur: DansLaVille, by: Acteur, at: datetime) -> Ouvrir:
    """Open a demande: `ouvrir("Objet", type=…, usager=…, received_at=…)`."""

    def fabrique(objet: str, **champs: object) -> Demande:
        received_at = champs.pop("received_at", at)
        options = {"description": objet, "canal": "guichet", "mode_reponse": "sur_place"} | champs
        with mur():
            return open_demande(objet=objet, received_at=received_at, by=by, at=at, **options)

    return fabrique


@pytest.fixture
def acces(ville: Collectivite, mur: DansLaVille) -> Callable[[Agent], Acces]:
    """The rights of an agent in the town."""

    def find(agent: Agent) -> Acces:
        link = Rattachement.objects.get(agent=agent, collectivite=ville)
        return Acces(agent=agent, collectivite=ville, rattachement=link)

    return find


@pytest.fixture
def poste(client: Client, claire: Agent) -> Client:
    """A browser signed in as the front desk."""
    client.force_login(claire)
    return client


@pytest.fixture
def instructeur(yann: Agent) -> Iterator[Client]:
    """A browser signed in as the instructor."""
    client = Client()
    client.force_login(yann)
    return client
