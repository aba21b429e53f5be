"""Two towns, each with a person, an open demande, a sealed one and a key; a client that speaks as a program."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from citoyens.actions import Contact, create_usager
from citoyens.models import Usager
from collectivites.acteur import AUTOMATE
from collectivites.clefs import PORTEES, create_clef
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, CleApi, Collectivite, Service
from demandes.actions import open_demande
from demandes.models import Demande, Thematique, TypeDemande

CANARI = "Canari-Ailleurs"  # nothing of the other town may ever hold this word


@dataclass
class Ville:
    """What a test needs of a town."""

    collectivite: Collectivite
    usager: Usager
    demande: Demande
    reservee: Demande
    type: TypeDemande
    clef: CleApi
    secret: str


@pytest.fixture
def at() -> datetime:
    return timezone.now() - timedelta(hours=2)


@pytest.fixture
def donner_clef(agent: Agent, at: datetime) -> Callable[..., tuple[CleApi, str]]:
    """Create a key in the active town: `donner_clef(portees=["usager_lire"])`; every scope by default."""

    def fabrique(**options: Any) -> tuple[CleApi, str]:
        defaults = {
            "nom": "Portail", "portees": [str(p) for p in PORTEES], "domaines": [], "saisie": uuid4(),
            "expires_at": timezone.now() + timedelta(days=30), "agent_id": agent.pk, "by": AUTOMATE, "at": at,
        }  # fmt: skip
        return create_clef(**(defaults | options))

    return fabrique


@pytest.fixture
def agent(db: None) -> Agent:
    return Agent.objects.create_user("nadia@exemple.fr", prenom="Nadia", nom="Perrin")


def ouvrir(objet: str, *, at: datetime, usager: Usager, type_: TypeDemande) -> Demande:
    return open_demande(
        objet=objet, description=f"Texte de {objet}", canal="telephone", mode_reponse="telephone", received_at=at,
        usager=usager, type=type_, by=AUTOMATE, at=at, accuse=False,
    )  # fmt: skip


@pytest.fixture
def batir(donner_clef: Callable[..., tuple[CleApi, str]], at: datetime) -> Callable[[str, str], Ville]:
    def fabrique(slug: str, mot: str) -> Ville:
        town = Collectivite.objects.create(slug=slug, nom=f"Ville {mot}")
        with collectivite_active(town.pk):
            voirie = Service.objects.create(nom=f"Voirie {mot}", domaine="cadre_de_vie")
            ccas = Service.objects.create(nom=f"CCAS {mot}", domaine="social")
            type_ = TypeDemande.objects.create(
                libelle=f"Voirie {mot}",
                thematique=Thematique.objects.named("Rue"),
                domaine="cadre_de_vie",
                service=voirie,
            )
            social = TypeDemande.objects.create(
                libelle="Aide", thematique=Thematique.objects.named("Aide"), domaine="social", service=ccas
            )
            usager = create_usager(
                nature="personne", nom="Dupont", prenoms=mot, by=AUTOMATE, at=at,
                contacts=[Contact("mobile", "06 39 98 12 34"), Contact("courriel", f"{mot.lower()}@exemple.fr")],
            )  # fmt: skip
            open_, sealed = (
                ouvrir(f"{objet} {mot}", at=at, usager=usager, type_=kind)
                for objet, kind in (("Nid de poule", type_), ("Aide au loyer", social))
            )
            clef, secret = donner_clef()
        return Ville(town, usager, open_, sealed, type_, clef, secret)

    return fabrique


@pytest.fixture
def ville(batir: Callable[[str, str], Ville]) -> Ville:
    return batir("aurelle", "Ici")


@pytest.fixture
def autre(batir: Callable[[str, str], Ville]) -> Ville:
    return batir("valmont", CANARI)


@dataclass
class Programme:
    """A program that holds a key."""

    client: Client
    secret: str

    @property
    def entetes(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}

    def get(self, path: str, **query: Any) -> Any:
        url = path if path.startswith("http") else f"/api/v1/{path}"
        return self.client.get(url, query, headers=self.entetes)

    def post(self, path: str, data: dict[str, Any], **headers: str) -> Any:
        return self.client.post(
            f"/api/v1/{path}", data, content_type="application/json", headers=self.entetes | headers
        )


@pytest.fixture
def programme(client: Client, ville: Ville) -> Programme:
    cache.clear()
    return Programme(client, ville.secret)
