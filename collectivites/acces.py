"""What the person in front of the screen may do here. Every view declares its access, or a test fails."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django_htmx.middleware import HtmxDetails

from collectivites.acteur import Acteur
from collectivites.domaines import RESERVES, Domaine
from collectivites.models import Agent, Collectivite, Rattachement, Service, ServiceRattachement
from collectivites.permissions import PERMISSIONS_PAR_ROLE, Permission, Role

Vue = TypeVar("Vue", bound=Callable[..., HttpResponseBase])


class RequeteAgent(HttpRequest):
    """A request inside `/c/<slug>/`: signed in, member of the town, wall up."""

    user: Agent
    acces: "Acces"
    htmx: HtmxDetails


class RequeteUsager(HttpRequest):
    """A request inside `/usager/<slug>/`: nobody signed in, wall up."""

    collectivite: Collectivite
    htmx: HtmxDetails


@dataclass
class Acces:
    """An agent in one collectivité, with everything rights depend on."""

    agent: Agent
    collectivite: Collectivite
    rattachement: Rattachement

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """Union of the permissions of the roles held here."""
        return frozenset().union(*(PERMISSIONS_PAR_ROLE[role] for role in self.rattachement.roles))

    @cached_property
    def services(self) -> list[Service]:
        """The active services the agent works for (one query, needs the wall up)."""
        mine = ServiceRattachement.objects.filter(rattachement=self.rattachement).values("service_id")
        return list(Service.objects.filter(pk__in=mine, is_active=True).order_by("nom", "pk"))

    @cached_property
    def domaines(self) -> frozenset[str]:
        """Domains whose content the agent reads: the open ones, and the sealed ones of their own services."""
        return frozenset(Domaine.values) - RESERVES | {service.domaine for service in self.services}

    @property
    def acteur(self) -> Acteur:
        """The agent, as `by=` of an action."""
        return Acteur(nature="agent", libelle=str(self.agent), agent_id=self.agent.pk)

    def can(self, permission: Permission) -> bool:
        """True when one of the roles gives this permission."""
        return permission in self.permissions

    def has_role(self, role: Role) -> bool:
        """True when the agent holds this role here."""
        return role in self.rattachement.roles


def requires(permission: Permission) -> Callable[[Vue], Vue]:
    """Declare the permission of a view under `/c/<slug>/`. A member without it gets 403."""

    def decorate(view: Vue) -> Vue:
        @wraps(view)
        def guarded(request: RequeteAgent, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.acces.can(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return _declare(guarded, permission)  # type: ignore[return-value]

    return decorate


def membre(view: Vue) -> Vue:
    """Declare a view open to every member of the collectivité, whatever the role."""
    return _declare(view, "membre")


def connecte(view: Vue) -> Vue:
    """Declare a view outside any collectivité, open to every signed-in agent (choice of the town)."""
    return _declare(view, "connecte")


def public(view: Vue) -> Vue:
    """Declare a view open to everyone, signed in or not."""
    return _declare(login_not_required(view), "public")


def prologue(before: Callable[[HttpRequest, dict[str, Any]], object]) -> Callable[[Vue], Vue]:
    """Ask a network before the view's transaction: `before(request, kwargs)` touches no table, `request.prologue`
    holds its answer. The only place where a view may wait for somebody else; goes above every other decorator."""

    def decorate(view: Vue) -> Vue:
        view.prologue = before  # type: ignore[attr-defined]
        return view

    return decorate


def _declare(view: Vue, acces: str) -> Vue:
    """Leave the declaration where the access matrix reads it."""
    view.acces_declare = acces  # type: ignore[attr-defined]
    return view
