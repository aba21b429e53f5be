"""Tell an agent something, once; and what of it each agent may read.

A sentence says a fact (« Claire Moreau vous a affecté cette demande »), never the content of a demande: the page shows
the number and the objet beside it, only to whoever may read the demande at that moment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from collectivites.acces import Acces
from collectivites.cloison import get_active_id
from collectivites.permissions import Permission
from demandes.models import Demande, Notification
from socle.direct import publish_on_commit
from socle.texte import clean, truncate

SUJET = "agent"  # live subject of one agent's screens: « agent:12 »
TEXTE_MAX = 300
PAR_PAGE = 50
RESERVEE = "Une demande réservée à un autre service."


def notify(
    agent_id: int, genre: str, texte: str, demande: Demande | None = None, *, clef: str, at: datetime, lien: str = ""
) -> None:
    """Tell one agent. The same `clef` for the same agent again writes nothing: replay as often as you like.

    `genre` is a Notification.Genre; `texte` one plain French sentence without content of the demande; `lien` a path
    inside Guichet (« /c/aurelle/… ») when it is not about a demande. Two statements at most, no lock.
    """
    notify_many([agent_id], genre, texte, demande, clef=clef, at=at, lien=lien)


def notify_many(
    agent_ids: Iterable[int], genre: str, texte: str, demande: Demande | None = None, *, clef: str, at: datetime,
    lien: str = "",
) -> None:  # fmt: skip
    """Tell several agents the same thing, in one statement."""
    write_all(write_rows(agent_ids, genre, texte, demande, clef=clef, at=at, lien=lien))


def write_rows(
    agent_ids: Iterable[int], genre: str, texte: str, demande: Demande | None = None, *, clef: str, at: datetime,
    lien: str = "",
) -> list[Notification]:  # fmt: skip
    """Return what `notify_many` would write, for a sweep that tells hundreds of things at once (see `write_all`)."""
    return [
        Notification(
            agent_id=agent_id, demande_id=demande.pk if demande else None, genre=genre,
            texte=truncate(clean(texte).strip(), TEXTE_MAX), lien=_keep_inside(lien), clef=clef, at=at,
        )
        for agent_id in sorted(set(agent_ids))
    ]  # fmt: skip


def write_all(rows: Sequence[Notification]) -> None:
    """Write them in one statement, and nudge the screens of each agent once."""
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    for agent_id in sorted({row.agent_id for row in rows}):
        publish_on_commit(collectivite_id=get_active_id(), sujet=f"{SUJET}:{agent_id}")


def _keep_inside(lien: str) -> str:
    """A notification leads to a page of ours, never elsewhere. Raises ValueError on a programming error."""
    if lien and (not lien.startswith("/c/") or len(lien) > TEXTE_MAX):
        raise ValueError(lien)
    return lien


@dataclass(frozen=True)
class Avertissement:
    """One line of the page « Notifications »."""

    notification: Notification
    texte: str
    precision: str  # « DEM-2026-0871 · Lampadaire éteint », empty when the agent may not read it
    url: str


def count_unread(agent_id: int) -> int:
    """Return how many this agent has not read (one indexed count)."""
    return Notification.objects.filter(agent_id=agent_id, read_at__isnull=True).count()


def list_notifications(acces: Acces, *, before: tuple[datetime, int] | None = None) -> list[Avertissement]:
    """Return this agent's notifications, newest first, PAR_PAGE + 1 at most (one query)."""
    mine = Notification.objects.filter(agent_id=acces.agent.pk).select_related("demande")
    if before is not None:
        at, pk = before
        mine = mine.filter(at__lte=at).exclude(at=at, pk__gte=pk)
    slug = acces.collectivite.slug
    return [_draw(acces, line, slug) for line in mine.order_by("-at", "-pk")[: PAR_PAGE + 1]]


def _draw(acces: Acces, line: Notification, slug: str) -> Avertissement:
    demande = line.demande
    if demande is None:
        return Avertissement(line, line.texte, "", line.lien)
    if demande.domaine not in acces.domaines or not acces.can(Permission.DEMANDE_LIRE):
        return Avertissement(line, RESERVEE, "", "")
    url = line.lien or reverse("demandes:fiche", args=[slug, demande.pk])
    return Avertissement(line, line.texte, f"{demande.numero} · {demande.objet}", url)


def mark_read(*, agent_id: int, at: datetime, pks: Iterable[int] | None = None) -> int:
    """Mark these (all when None) as read; returns how many were not. Others' notifications are never touched."""
    mine = Notification.objects.filter(agent_id=agent_id, read_at__isnull=True)
    if pks is not None:
        mine = mine.filter(pk__in=list(pks))
    marked = mine.update(read_at=at)
    if marked:
        publish_on_commit(collectivite_id=get_active_id(), sujet=f"{SUJET}:{agent_id}")
    return marked
