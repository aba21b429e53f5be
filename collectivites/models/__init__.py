"""Tenants, their services, places, hours, agents, and who belongs where with which roles."""

from collectivites.models.agent import Agent, AgentManager
from collectivites.models.clef_api import CleApi, CleApiQuerySet
from collectivites.models.collectivite import Collectivite
from collectivites.models.organisation import Fermeture, Horaire, Lieu, Service, show_minute
from collectivites.models.rattachement import Rattachement, ServiceRattachement
from collectivites.models.reglage import Compteur, ReglageLegal

__all__ = [
    "Agent",
    "AgentManager",
    "CleApi",
    "CleApiQuerySet",
    "Collectivite",
    "Compteur",
    "Fermeture",
    "Horaire",
    "Lieu",
    "Rattachement",
    "ReglageLegal",
    "Service",
    "ServiceRattachement",
    "show_minute",
]
