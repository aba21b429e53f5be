"""Shared work before the demonstration opens: tasks, a question to a colleague, an escalation, a sujet commun."""

from datetime import timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from accueil.demo.horloge import Horloge
from accueil.demo.installation import Ville
from collectivites.acteur import Acteur
from collectivites.domaines import RESERVES
from collectivites.models import Agent
from demandes.actions import add_note
from demandes.actions.escalade import escalate
from demandes.actions.sujets import attach_all, open_sujet
from demandes.models import Demande
from demandes.travail.abonnes import follow
from demandes.travail.lecteurs import list_readers, list_supervisors
from demandes.travail.taches import add_tache

TACHES = (("Appeler l'entreprise", -1), ("Passer sur place", 2), ("Prévenir l'usager de la date", 5))
SUJET = "Éclairage en panne autour de la rue des Tanneurs"
CAUSE = "Câble sectionné par un chantier voisin. Réparation prévue cette semaine."


def share_work(ville: Ville, *, horloge: Horloge) -> int:
    """Spread work over the demandes in hand; return how many demandes the sujet commun holds."""
    held = Demande.objects.for_fiche().open().filter(agent__isnull=False).exclude(domaine__in=RESERVES)
    for rank, demande in enumerate(held.order_by("received_at", "pk")[:3]):
        _plan(ville, demande, rank, horloge=horloge)
    first = held.filter(niveau=0).order_by("-received_at", "-pk").first()
    if first is not None:
        _ask_above(first, horloge=horloge)
    return _gather(ville, horloge=horloge)


def _draw(ville: Ville, what: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"{ville.collectivite.slug}:{what}")


def _acting(agent: Agent) -> Acteur:
    return Acteur(nature="agent", libelle=str(agent), agent_id=agent.pk)


def _plan(ville: Ville, demande: Demande, rank: int, *, horloge: Horloge) -> None:
    """Tasks for whoever has it; the second asks a colleague, who follows it."""
    agent, at = demande.agent, horloge.at - timedelta(hours=3)
    assert agent is not None  # noqa: S101 asked for
    for libelle, days in TACHES[: rank + 1]:
        add_tache(
            demande=demande, libelle=libelle, agent=agent, due_on=(horloge.at + timedelta(days=days)).date(),
            clef=_draw(ville, f"tache:{demande.numero}:{libelle}"), by=_acting(agent), at=at,
        )  # fmt: skip
    colleague = list_readers(demande).exclude(pk=agent.pk).order_by("pk").first()
    if rank == 1 and colleague is not None:
        texte, clef = f"@{colleague} as-tu le numéro du chantier\u00a0?", _draw(ville, f"note:{demande.numero}")
        add_note(demande=demande, texte=texte, by=_acting(agent), at=at, agent=agent, clef=clef)
        follow(demande=demande, agent=colleague, at=at)


def _ask_above(demande: Demande, *, horloge: Horloge) -> None:
    agent = demande.agent
    assert agent is not None  # noqa: S101 asked for
    above = list_supervisors(demande).exclude(pk=agent.pk).order_by("pk").first()
    if above is not None:
        escalate(
            demande=demande, version=demande.version, motif="Le coût dépasse ce que je peux engager.", agent=above,
            by=_acting(agent), at=horloge.at - timedelta(hours=2),
        )  # fmt: skip


def _gather(ville: Ville, *, horloge: Horloge) -> int:
    """One sujet commun for the demandes of the type most asked for."""
    free = Demande.objects.for_fiche().open().filter(sujet_id=None, type__isnull=False).exclude(domaine__in=RESERVES)
    rows = [row for row in free.order_by("-received_at", "-pk")[:60] if row.type and "lampadaire" in row.type.libelle]
    agent = next((row.agent for row in rows if row.agent is not None), None)
    if agent is None:
        return 0
    by, at = _acting(agent), horloge.at - timedelta(hours=1)
    sujet = open_sujet(
        titre=SUJET, description=CAUSE, type=rows[0].type, clef=_draw(ville, "sujet"), by=by, at=at
    )  # fmt: skip
    return len(attach_all(sujet=sujet, demandes=rows[:5], by=by, at=at))
