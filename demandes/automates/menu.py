"""What an agent is offered: macros of their services, gestures for many demandes."""

from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from collectivites.acces import Acces
from collectivites.permissions import Permission
from demandes.automates.gestes import GROUPEE, list_gestes
from demandes.models import Macro


@dataclass(frozen=True)
class MenuGroupe:
    """The bar under the list: (code, label) of gestures, then of macros. Empty for whoever only reads."""

    gestes: list[tuple[str, str]] = field(default_factory=list)
    macros: list[tuple[str, str]] = field(default_factory=list)


def list_macros(acces: Acces) -> "QuerySet[Macro]":
    """Macros offered to this agent: those of everybody and of their services, in order."""
    mine = Q(service=None) | Q(service__in=[service.pk for service in acces.services])
    return Macro.objects.filter(mine, is_active=True).order_by("rang", "libelle", "pk")


def load_menu_groupe(acces: Acces) -> MenuGroupe:
    """Return what may be done to the rows ticked (one query, none for whoever only reads)."""
    if not acces.can(Permission.DEMANDE_TRAITER):
        return MenuGroupe()
    macros = [(f"macro:{pk}", name) for pk, name in list_macros(acces).values_list("pk", "libelle")]
    return MenuGroupe([(each.code, each.libelle) for each in list_gestes(GROUPEE)], macros)
