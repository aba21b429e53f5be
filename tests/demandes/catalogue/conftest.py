"""A type with a published form, offered on the web; fixtures of the screens."""

from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from collectivites.acteur import Acteur
from collectivites.models import Agent, Collectivite
from demandes.actions.catalogue import publish_type, save_brouillon
from demandes.catalogue.schema import read_schema
from demandes.models import TypeDemande
from tests.demandes.catalogue.test_formulaire import ACTE


@pytest.fixture
def at() -> datetime:
    return timezone.now() - timedelta(days=1)


@pytest.fixture
def poste(client: Client, agent: Agent) -> Client:
    """Claire's browser."""
    client.force_login(agent)
    return client


@pytest.fixture
def acte(type_eclairage: TypeDemande, ville: Collectivite, by: Acteur, at: datetime) -> TypeDemande:
    """A type offered on the web, with a form and documents."""
    ville.courriel = "contact@aurelle.example"
    ville.save()
    TypeDemande.objects.filter(pk=type_eclairage.pk).update(is_en_ligne=True, regime_silence="aucun")
    type_eclairage.refresh_from_db()
    save_brouillon(type_=type_eclairage, schema=read_schema(ACTE), vu=None, by=by, at=at)
    publish_type(type_=type_eclairage, by=by, at=at)
    cache.clear()
    return type_eclairage
