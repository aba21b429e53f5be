"""Two towns with their mailboxes, a private store of one test, and a hand to write messages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.db import connection

from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite, Service
from demandes.models import Boite, Demande, Entree
from demandes.reception.arrivee import receive_raw
from demandes.reception.traitement import process_entree


@dataclass(frozen=True)
class Ville:
    """A town and its two mailboxes: the general one, the one of its service « Voirie »."""

    pk: int
    slug: str
    boite: str
    boite_id: int
    voirie: str
    voirie_id: int


Ecrire = Callable[..., bytes]
Recevoir = Callable[..., Entree]


@pytest.fixture(autouse=True)
def depot(settings: object, tmp_path: Path) -> Path:
    settings.DEPOT = tmp_path / "depot"  # type: ignore[attr-defined]
    return tmp_path / "depot"


@pytest.fixture
def at() -> datetime:
    return datetime(2026, 11, 24, 8, 40, tzinfo=UTC)


def fonder(slug: str, nom: str) -> Ville:
    """Create a town with its mailboxes, outside any wall."""
    town = Collectivite.objects.create(slug=slug, nom=nom)
    with collectivite_active(town.pk):
        service = Service.objects.create(nom="Voirie", domaine="cadre_de_vie")
        general = Boite.objects.create(adresse=f"contact@{slug}.example")
        voirie = Boite.objects.create(adresse=f"voirie@{slug}.example", service=service)
    return Ville(town.pk, slug, general.adresse, general.pk, voirie.adresse, voirie.pk)


@pytest.fixture
def aurelle(db: None) -> Ville:
    return fonder("aurelle", "Ville d'Aurelle")


@pytest.fixture
def valmont(db: None) -> Ville:
    return fonder("valmont", "Commune de Valmont")


def ecrire_courriel(**champs: object) -> bytes:
    """Return a raw message. `de`, `a`, `objet`, `texte`, `message_id`, `entetes`, `pieces` [(nom, type, bytes)]."""
    message = EmailMessage()
    message["From"] = str(champs.get("de", "Samira Ben Amar <samira.benamar@exemple.fr>"))
    message["To"] = str(champs.get("a", "contact@aurelle.example"))
    message["Subject"] = str(champs.get("objet", "Lampadaire éteint"))
    message["Date"] = "Tue, 24 Nov 2026 09:39:00 +0100"
    message["Message-ID"] = str(champs.get("message_id", "<un@exemple.fr>"))
    for nom, valeur in dict(champs.get("entetes", {})).items():  # type: ignore[call-overload]
        message[nom] = valeur
    message.set_content(str(champs.get("texte", "Bonjour,\n\nLe lampadaire de ma rue est éteint.\n")))
    for nom, type_mime, contenu in champs.get("pieces", ()):  # type: ignore[attr-defined]
        principal, sous = type_mime.split("/")
        message.add_attachment(contenu, maintype=principal, subtype=sous, filename=nom)
    return message.as_bytes()


@pytest.fixture
def ecrire() -> Ecrire:
    return ecrire_courriel


@pytest.fixture
def recevoir(at: datetime) -> Recevoir:
    """Take a message through both halves: `recevoir(ville, brut)` returns its entry once read."""

    def prendre(ville: Ville, brut: bytes, *, apres: timedelta = timedelta(), boite_id: int | None = None) -> Entree:
        quand = at + apres
        entree = receive_raw(
            brut=brut, collectivite_id=ville.pk, boite_id=boite_id or ville.boite_id, at=quand, is_nudged=False
        )
        process_entree(collectivite_id=ville.pk, entree_id=entree.pk, at=quand + timedelta(seconds=1))
        with collectivite_active(ville.pk):
            return Entree.objects.get(pk=entree.pk)

    return prendre


@pytest.fixture
def dans(aurelle: Ville) -> Iterator[Ville]:
    """Aurelle with its wall up, for the assertions of a test."""
    with collectivite_active(aurelle.pk):
        yield aurelle


def demande_de(entree: Entree) -> Demande:
    return Demande.objects.get(pk=entree.demande_id)


def compter(table: str) -> int:
    """Count rows of the active town."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
        return int(cursor.fetchone()[0])
