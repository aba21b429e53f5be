"""The left menu: its entries, the permission each needs, and the one figure it carries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists
from django.urls import NoReverseMatch, reverse

from collectivites.acces import Acces
from collectivites.menu import entrees
from collectivites.models import Collectivite, Rattachement
from collectivites.permissions import Permission, Role
from demandes.models import Demande, DemandeQuerySet, Entree, Notification
from demandes.reception.quarantaine import visible_entrees
from socle.comptage import count_up_to
from socle.ecriture import ESPACE

PLAFOND = 100  # a badge says « 99+ » beyond: counting every row would cost more than it tells


@dataclass(frozen=True)
class EntreeMenu:
    """One line of the menu; `permissions`: any of them opens it, none means every member."""

    libelle: str
    icone: str
    route: str
    touche: str
    permissions: frozenset[Permission] = frozenset()
    separe: bool = False


MENU = (
    EntreeMenu("Accueil", "person-square", "accueil:bureau", "a"),
    EntreeMenu("Demandes", "inbox", "demandes:liste", "d", frozenset({Permission.DEMANDE_LIRE})),
    EntreeMenu("Rendez-vous", "calendar-week", "rendezvous:agenda", "v", frozenset({Permission.RENDEZVOUS_LIRE})),
    EntreeMenu("Appels", "telephone", "demandes:appels", "t", frozenset({Permission.DEMANDE_CREER})),
    EntreeMenu("Quarantaine", "mailbox", "demandes:quarantaine", "q", frozenset({Permission.ENTREE_QUALIFIER})),
    EntreeMenu("Courrier", "postcard", "demandes:arrivees", "c", frozenset({Permission.ENTREE_QUALIFIER})),
    EntreeMenu("Usagers", "person-vcard", "citoyens:liste", "u", frozenset({Permission.USAGER_LIRE})),
    EntreeMenu("Envois", "send", "messagerie:liste", "e", frozenset({Permission.ENVOI_LIRE}), separe=True),
    EntreeMenu("Journal", "journal-text", "journal:liste", "j", frozenset({Permission.JOURNAL_LIRE})),
    EntreeMenu("Satisfaction", "chat-left-text", "demandes:satisfaction", "s", frozenset({Permission.JOURNAL_LIRE})),
    EntreeMenu("Réglages", "gear", "collectivites:reglages", "r", frozenset({Permission.REGLAGE_MODIFIER})),
)


@dataclass(frozen=True)
class Reperes:
    """What the shell of a page must know from the database, in one query."""

    retards: int = 0
    quarantaine: int = 0
    notifications: int = 0
    has_autre_ville: bool = False


def load_reperes(acces: Acces, *, at: datetime) -> Reperes:
    """Count what is late, in quarantaine, not read (up to PLAFOND), and say whether the agent works elsewhere."""
    late = overdue_for(acces, at=at)
    aside = visible_entrees(acces).filter(etat=Entree.Etat.QUARANTAINE)
    unread = Notification.objects.filter(agent_id=acces.agent.pk, read_at__isnull=True)
    elsewhere = Rattachement.objects.filter(
        agent_id=acces.agent.pk, is_active=True, collectivite__is_active=True
    ).exclude(pk=acces.rattachement.pk)
    here = Collectivite.objects.filter(pk=acces.collectivite.pk)
    counts = [count_up_to(rows, PLAFOND) for rows in (late, aside, unread)]
    row = here.values_list(*counts, Exists(elsewhere)).get()
    return Reperes(*row)


def overdue_for(acces: Acces, *, at: datetime) -> DemandeQuerySet:
    """Return the late demandes that concern this agent: all they may read, or those of an instructor's services."""
    demandes = Demande.objects.visible_to(acces).overdue(at)
    if acces.services and not acces.has_role(Role.SUPERVISEUR):
        return demandes.filter(service_id__in=[service.pk for service in acces.services])
    return demandes


def build_menu(acces: Acces, *, chemin: str, reperes: Reperes) -> list[dict[str, Any]]:
    """Return the entries this agent may open, the current one marked; a route that does not exist is left out."""
    opened = [each for each in MENU if not each.permissions or each.permissions & acces.permissions]
    lines = [(each, find_url(each.route, acces.collectivite.slug)) for each in opened]
    kept = [(each, url) for each, url in lines if url]
    held = [(len(page), url) for each, url in kept for page in _pages(each, url, acces) if _holds(each, page, chemin)]
    current = max(held, default=(0, ""))[1]
    return [
        {
            "libelle": each.libelle,
            "icone": each.icone,
            "url": url,
            "touche": each.touche,
            "actif": url == current,
            "separe": each.separe,
        }
        | _badge(each.route, reperes)
        for each, url in kept
    ]


def _pages(entree: EntreeMenu, url: str, acces: Acces) -> list[str]:
    """Return the addresses a line of the menu stands for: settings of upper floors live under their own prefix."""
    if entree.route != "collectivites:reglages":
        return [url]
    return [url, *filter(None, (find_url(each.route, acces.collectivite.slug) for each in entrees))]


def _holds(entree: EntreeMenu, url: str, chemin: str) -> bool:
    """The desk is its own page only: its address is the beginning of every other."""
    return chemin == url if entree.route == "accueil:bureau" else chemin.startswith(url)


def find_url(route: str, slug: str) -> str:
    """Return the address of a screen of this town, or an empty text when the screen is not there."""
    try:
        return reverse(route, args=[slug])
    except NoReverseMatch:
        return ""


def _badge(route: str, reperes: Reperes) -> dict[str, Any]:
    """The figure of an entry, in words too; nothing when there is nothing to say."""
    number, one, many, ton = {
        "demandes:liste": (reperes.retards, "demande en retard", "demandes en retard", "retard"),
        "demandes:quarantaine": (reperes.quarantaine, "message à trier", "messages à trier", ""),
    }.get(route, (0, "", "", ""))
    if not number:
        return {}
    shown = str(number) if number < PLAFOND else f"{PLAFOND - 1}+"
    return {"badge": shown, "badge_libelle": f"{shown}{ESPACE}{one if number == 1 else many}", "ton": ton}
