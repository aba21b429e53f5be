"""A town with one connector of each kind, and a hand to post signed messages to its doors."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite, Service
from demandes.connecteurs import Clefs, create_connecteur
from demandes.models import Connecteur, Entree
from demandes.reception.signatures import ENTETE, HORODATAGE, sign
from demandes.reception.traitement import process_entree


@dataclass(frozen=True)
class Porte:
    """A connector and what opens it."""

    ville: Collectivite
    connecteur: Connecteur
    clefs: Clefs

    @property
    def adresse(self) -> str:
        cti = "cti/" if self.connecteur.genre == Connecteur.Genre.CTI else ""
        return f"/entrees/{self.ville.slug}/{cti}{self.clefs.jeton}/"

    def post(self, contenu: Any, *, seconds: int | None = None, signature: str | None = None) -> Any:
        """Post a signed body: an object becomes JSON, bytes are sent as they are."""
        brut = contenu if isinstance(contenu, bytes) else json.dumps(contenu).encode()
        at = int(timezone.now().timestamp()) if seconds is None else seconds
        entetes = {HORODATAGE: str(at), ENTETE: signature or sign(self.clefs.secret, brut, seconds=at)}
        return Client().post(self.adresse, brut, content_type="application/json", headers=entetes)


Ouvrir = Callable[..., Porte]


@pytest.fixture(autouse=True)
def depot(settings: Any, tmp_path: Path) -> Path:
    settings.DEPOT = tmp_path / "depot"
    return tmp_path / "depot"


@pytest.fixture
def maintenant() -> datetime:
    return timezone.now()


@pytest.fixture
def ouvrir_porte(ville: Collectivite) -> Ouvrir:
    def ouvrir(genre: str, *, service: Service | None = None, libelle: str = "") -> Porte:
        connecteur, clefs = create_connecteur(
            genre=genre, libelle=libelle or genre, service=service, by=AUTOMATE, at=timezone.now()
        )
        return Porte(ville, connecteur, clefs)

    return ouvrir


@pytest.fixture
def reseau(ouvrir_porte: Ouvrir, service: Service) -> Porte:
    return ouvrir_porte("reseau", service=service)


@pytest.fixture
def sms(ouvrir_porte: Ouvrir) -> Porte:
    return ouvrir_porte("sms")


def lire(ville: Collectivite, pk: int, *, apres: timedelta = timedelta(seconds=1)) -> Entree:
    """Read an entry as a worker does; return it once closed."""
    process_entree(collectivite_id=ville.pk, entree_id=pk, at=timezone.now() + apres)
    with collectivite_active(ville.pk):
        return Entree.objects.get(pk=pk)


def recevoir(porte: Porte, contenu: Any) -> Entree:
    """Through the door, then through the worker."""
    answer = porte.post(contenu)
    assert answer.status_code == 202, answer.content
    return lire(porte.ville, answer.json()["entree"])


@pytest.fixture(autouse=True)
def mur_rouvert(ville: Collectivite) -> None:
    """The doors close their own wall around their transaction: put the one of the test back up for assertions."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL app.collectivite TO '{ville.pk}'")
