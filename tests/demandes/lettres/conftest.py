"""A town with a head, a person with a postal address, a private store of one test."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from citoyens.actions import Contact, create_usager
from citoyens.models import Usager
from collectivites.acteur import Acteur
from collectivites.models import Agent, Collectivite, Rattachement
from demandes.actions import reply
from demandes.lettres.composition import draw_lettre
from demandes.models import CourrierDepart, Demande
from socle.depot import read_file
from tests.demandes.conftest import Ouvrir

Ecrire = Callable[..., CourrierDepart]


@pytest.fixture(autouse=True)
def depot(settings: object, tmp_path: Path) -> Path:
    settings.DEPOT = tmp_path / "depot"  # type: ignore[attr-defined]
    return tmp_path / "depot"


@pytest.fixture
def at() -> datetime:
    return timezone.now() - timedelta(days=1)  # screens read the clock


@pytest.fixture
def ville(ville: Collectivite) -> Collectivite:
    ville.adresse, ville.code_postal, ville.ville = "1 place de la République", "44999", "Aurelle"
    ville.save()
    return ville


@pytest.fixture
def agent(agent: Agent) -> Agent:
    Rattachement.objects.filter(agent=agent).update(fonction="Chargée de l'éclairage")
    return agent


@pytest.fixture
def postale(by: Acteur, at: datetime, ville: Collectivite) -> Usager:
    """Married, known by post; she never asked for her name in use."""
    adresse = Contact("adresse", "8 rue des Tanneurs, 44999 Aurelle")
    return create_usager(
        nature="personne", nom="Haddad", nom_naissance="Ben Amar", prenoms="Samira, Leïla", civilite="mme",
        contacts=[adresse], by=by, at=at,
    )  # fmt: skip


@pytest.fixture
def demande(ouvrir: Ouvrir, postale: Usager) -> Demande:
    return ouvrir(usager=postale, canal="guichet", mode_reponse="courrier", adresse="")


@pytest.fixture
def ecrire(demande: Demande, agent: Agent, by: Acteur, at: datetime) -> Ecrire:
    """Answer by letter: `ecrire(texte="…", lettre=Lettre(…))`."""

    def fabrique(**options: object) -> CourrierDepart:
        target = options.pop("demande", demande)
        target.refresh_from_db()  # type: ignore[attr-defined]
        asked = {
            "demande": target, "version": target.version, "canal": "courrier",  # type: ignore[attr-defined]
            "texte": "Le lampadaire sera réparé mardi.", "clef": uuid4(), "by": by, "at": at, "agent": agent,
        }  # fmt: skip
        return CourrierDepart.objects.get(message=reply(**(asked | options)))  # type: ignore[arg-type]

    return fabrique


@pytest.fixture
def poste(client: Client, agent: Agent) -> Client:
    client.force_login(agent)
    return client


def dessiner(courrier: CourrierDepart, at: datetime) -> CourrierDepart:
    """What the worker does."""
    assert draw_lettre(collectivite_id=courrier.collectivite_id, courrier_id=courrier.pk, at=at)
    courrier.refresh_from_db()
    return courrier


def lire(chemin: str) -> str:
    """The text layer of a stored PDF."""
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(read_file(chemin))).pages)
