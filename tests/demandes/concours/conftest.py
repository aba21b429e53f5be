"""A démarche with two documents and two questions, and a demande filed under it."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from collectivites.acteur import Acteur
from demandes.concours.complements import Question, ask_complements
from demandes.models import Boite, Demande, DemandeComplement, PieceDeposee, TypeDemande, VersionFormulaire
from socle.depot import store_bytes
from tests.demandes.conftest import Ouvrir

SCHEMA = {
    "champs": [
        {"code": "date_debut", "libelle": "Date de début", "genre": "date", "obligatoire": True},
        {"code": "etage", "libelle": "Étage", "genre": "texte", "obligatoire": False},
    ],
    "pieces": [
        {"code": "domicile", "libelle": "Justificatif de domicile", "obligatoire": True, "indispensable": True,
         "texte": "code électoral, art. L11"},
        {"code": "photo", "libelle": "Photo", "obligatoire": False, "indispensable": False, "texte": ""},
    ],
}  # fmt: skip


@pytest.fixture(autouse=True)
def depot(settings: Any, tmp_path: Path) -> Path:
    settings.DEPOT = tmp_path
    settings.URL_PUBLIQUE = "https://guichet.exemple"
    return tmp_path


@pytest.fixture
def boite(ville: object) -> Boite:
    return Boite.objects.create(adresse="mairie@aurelle.exemple.fr")


@pytest.fixture
def type_eclairage(type_eclairage: TypeDemande, at: Any) -> TypeDemande:
    version = VersionFormulaire.objects.create(type=type_eclairage, numero=1, schema=SCHEMA, published_at=at)
    type_eclairage.version_courante = version
    type_eclairage.save(update_fields=["version_courante"])
    return type_eclairage


@pytest.fixture
def demandee(demande: Demande, by: Acteur, at: Any) -> DemandeComplement:
    """The proof of domicile and the date of beginning are asked of Samira, by e-mail."""
    return ask(demande, by, at)


def ask(demande: Demande, by: Acteur, at: Any, **changes: Any) -> DemandeComplement:
    given: dict[str, Any] = {
        "motif": "incomplet", "delai_on": date(2026, 12, 12), "canal": "courriel:samira@exemple.fr",
        "champs": ["date_debut"], "pieces": ["domicile"],
    }  # fmt: skip
    return ask_complements(
        demande=demande, version=demande.version, question=Question(**(given | changes)), clef=uuid4(), by=by, at=at
    )


def depose(clef: Any, exigence: str, contenu: bytes = b"%PDF-1.4 domicile", *, nom: str = "domicile.pdf",
           collectivite_id: int, at: Any) -> PieceDeposee:  # fmt: skip
    """An upload that waits under the form's key."""
    kept = store_bytes(contenu, collectivite_id=collectivite_id, at=at)
    rang = PieceDeposee.objects.filter(clef=clef).count() + 1
    return PieceDeposee.objects.create(
        clef=clef, rang=rang, nom=nom, type_mime="application/pdf", octets=kept.octets, empreinte=kept.empreinte,
        fichier=kept.chemin, exigence=exigence, at=at,
    )  # fmt: skip


@pytest.fixture
def samira(ouvrir: Ouvrir) -> Demande:
    return ouvrir()
