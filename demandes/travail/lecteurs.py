"""Who may read a demande: to mention, to follow, to be told, to be given it."""

from collections.abc import Iterable

from django.db.models import QuerySet

from collectivites.cloison import get_active_id
from collectivites.domaines import RESERVES
from collectivites.models import Agent, Rattachement, Service, ServiceRattachement
from collectivites.permissions import PERMISSIONS_PAR_ROLE, Permission, Role
from demandes.models import Demande

LECTEURS = [role for role, held in PERMISSIONS_PAR_ROLE.items() if Permission.DEMANDE_LIRE in held]


def list_readers(demande: Demande) -> "QuerySet[Agent]":
    """Agents of the town who may read this demande now, whatever they held before."""
    return Agent.objects.filter(pk__in=_links(demande).values("agent_id"))


def list_supervisors(demande: Demande) -> "QuerySet[Agent]":
    """Supervisors who may read this demande."""
    links = _links(demande).filter(roles__contains=[Role.SUPERVISEUR.value])
    return Agent.objects.filter(pk__in=links.values("agent_id"))


def keep_readers(demande: Demande, agent_ids: Iterable[int]) -> list[int]:
    """Of these agents, those who may read the demande (one query, none when nobody is asked for)."""
    asked = list(agent_ids)
    return list(list_readers(demande).filter(pk__in=asked).values_list("pk", flat=True)) if asked else []


def _links(demande: Demande) -> "QuerySet[Rattachement]":
    links = Rattachement.objects.filter(
        collectivite_id=get_active_id(), is_active=True, agent__is_active=True, roles__overlap=LECTEURS
    )
    if demande.domaine not in RESERVES:
        return links
    inside = ServiceRattachement.objects.filter(service__domaine=demande.domaine, service__is_active=True)
    return links.filter(pk__in=inside.values("rattachement_id"))


def works_for(agent_id: int, service: Service | None) -> bool:
    """True when the agent is active in the town and belongs to this service."""
    if service is None:
        return False
    mine = ServiceRattachement.objects.filter(
        rattachement__agent_id=agent_id, rattachement__is_active=True, service=service
    )
    return mine.exists()
