"""My work of the day: what the desk shows when nobody stands in front of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from collectivites.acces import Acces
from collectivites.models import Collectivite, Service
from collectivites.permissions import Role
from demandes.models import ContactImmediat, Demande, DemandeQuerySet, TypeDemande
from journal.models import Evenement
from socle.comptage import count_up_to

LIGNES = 6  # rows shown of each pile; the link says how many there are
PLAFOND = 500
FREQUENTS = 6
FENETRE = timedelta(days=14)  # what is asked often lately


@dataclass(frozen=True)
class Pile:
    """A pile of demandes: what it is, its first rows, how many there are, where the rest is."""

    titre: str
    icone: str
    demandes: list[Demande]
    nombre: int
    url: str
    vide: str

    @property
    def entete(self) -> str:
        """« En retard (12) »."""
        return f"{self.titre} ({self.nombre})" if self.nombre else self.titre

    @property
    def lien(self) -> str:
        """Where the rest is, when there is a rest."""
        return self.url if self.nombre > len(self.demandes) else ""


@dataclass(frozen=True)
class Chiffres:
    """Today, in the whole town for whoever may read it."""

    recues: int
    closes: int
    contacts: int
    retards: int
    a_qualifier: int
    messages: int


def list_mine(acces: Acces) -> DemandeQuerySet:
    """Return the open demandes this agent answers for: theirs and their services'; all, for desk and supervisors."""
    visible = Demande.objects.visible_to(acces).open()
    if acces.has_role(Role.SUPERVISEUR) or not acces.services:
        return visible
    mine = Q(agent_id=acces.agent.pk) | Q(service_id__in=[service.pk for service in acces.services])
    return visible.filter(mine)


def load_chiffres(acces: Acces, *, at: datetime) -> Chiffres:
    """Count, in one query, bounded figures of the day and of the piles."""
    start = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    visible, mine = Demande.objects.visible_to(acces), list_mine(acces)
    piles: list[Any] = [
        visible.filter(received_at__gte=start),
        Evenement.objects.filter(at__gte=start, verbe="demande.close"),  # indexed by date, closed_at is not
        ContactImmediat.objects.filter(at__gte=start),
        mine.overdue(at),
        visible.to_qualify(),
        mine.filter(is_unread=True),
    ]
    row = (
        Collectivite.objects.filter(pk=acces.collectivite.pk)
        .values_list(*[count_up_to(pile, PLAFOND) for pile in piles])
        .get()
    )
    return Chiffres(*row)


def load_piles(acces: Acces, chiffres: Chiffres, *, at: datetime, url: str) -> list[Pile]:
    """Read the first rows of the three piles (one query each, none for an empty one). `url`: the list of demandes."""
    mine, visible = list_mine(acces).for_list(), Demande.objects.visible_to(acces).for_list()
    late = mine.overdue(at).order_by("echeance_at", "pk")
    unread = mine.filter(is_unread=True).order_by("-last_message_at", "-pk")
    fresh = visible.to_qualify().order_by("received_at", "pk")
    mine_only = bool(acces.services) and not acces.has_role(Role.SUPERVISEUR)
    where, vue = (" dans mes services", "service") if mine_only else ("", "toutes")
    return [
        Pile(
            f"En retard{where}",
            "exclamation-triangle",
            _first(late, chiffres.retards),
            chiffres.retards,
            f"{url}?vue=en_retard",
            "Aucune demande n'a dépassé son engagement.",
        ),
        Pile(
            "Nouveaux messages",
            "envelope",
            _first(unread, chiffres.messages),
            chiffres.messages,
            f"{url}?vue={vue}",
            "Toutes les réponses des usagers ont été lues.",
        ),
        Pile(
            "À qualifier",
            "inbox",
            _first(fresh, chiffres.a_qualifier),
            chiffres.a_qualifier,
            f"{url}?vue=a_qualifier",
            "Tout ce qui est arrivé a un sujet et un service.",
        ),
    ]


def _first(rows: "QuerySet[Demande]", nombre: int) -> list[Demande]:
    return list(rows[:LIGNES]) if nombre else []


def list_choices() -> tuple[list[TypeDemande], list[Service]]:
    """Return the démarches and services one may name at the desk (two queries)."""
    types = TypeDemande.objects.filter(is_active=True).order_by("libelle")
    return list(types), list(Service.objects.filter(is_active=True).order_by("nom"))


def list_frequents(types: list[TypeDemande], services: list[Service], *, at: datetime) -> dict[str, list[Any]]:
    """Return the subjects and the services named most often lately, most frequent first (one query)."""
    recent = ContactImmediat.objects.filter(at__gte=at - FENETRE).order_by("-at").values_list("type_id", "service_id")
    named = list(recent[:PLAFOND])
    return {
        "sujets": _most_named([type_id for type_id, _ in named], types),
        "services": _most_named([service_id for _, service_id in named], services),
    }


def _most_named(named: list[int | None], rows: list[Any]) -> list[Any]:
    counts = {row.pk: named.count(row.pk) for row in rows}
    often = sorted((row for row in rows if counts[row.pk]), key=lambda row: -counts[row.pk])
    return often[:FREQUENTS]
