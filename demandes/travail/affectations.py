"""From hand to hand: who gets a demande when the agent chosen is away, and the history of every passage."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from collectivites.acteur import Acteur
from collectivites.models import Agent, Service
from demandes.models import Absence, Affectation, Demande, Notification
from demandes.travail.absences import find_absence, find_suppleant
from demandes.travail.notifications import notify
from socle.texte import truncate

MOTIF_MAX = 300


@dataclass(frozen=True)
class Attribution:
    """Who gets it in the end. `absence` is that of the agent who was asked for."""

    agent: Agent | None
    absence: Absence | None = None

    def tell(self, service: Service | None) -> str:
        """Say what was done instead of what was asked; empty when it was done as asked."""
        if self.absence is None:
            return ""
        away = f"{self.absence.agent} est en absence jusqu'au {self.absence.fin_on:%d/%m/%Y}"
        if self.agent is not None:
            return f"{away}\u00a0: la demande va à {self.agent}, qui assure la suppléance."
        where = f"au service {service.nom}" if service else "sans agent"
        return f"{away}, sans suppléance dans ce service\u00a0: la demande reste {where}."


def choose_attribution(agent: Agent | None, service: Service | None, *, by: Acteur, at: datetime) -> Attribution:
    """Return who gets a demande given to `agent` for `service`. Whoever takes it themselves is here."""
    if agent is None or agent.pk == by.agent_id:
        return Attribution(agent)
    absence = find_absence(agent.pk, at)
    return Attribution(find_suppleant(absence, service, at), absence) if absence else Attribution(agent)


def record_passage(
    avant: Demande, apres: Demande, *, by: Acteur, at: datetime, genre: str = "", motif: str = ""
) -> None:
    """Write one line of history when service or agent changed, and tell the agent who now has the demande."""
    if (avant.service_id, avant.agent_id) == (apres.service_id, apres.agent_id) and not genre:
        return
    Affectation.objects.create(
        demande=apres, genre=genre or _guess(by), motif=truncate(motif, MOTIF_MAX), de_service_id=avant.service_id,
        de_agent_id=avant.agent_id, vers_service_id=apres.service_id, vers_agent_id=apres.agent_id, par_id=by.agent_id,
        at=at,
    )  # fmt: skip
    if apres.agent_id and apres.agent_id not in {by.agent_id, avant.agent_id}:
        notify(
            apres.agent_id, Notification.Genre.AFFECTATION, _tell(by, genre), apres,
            clef=f"affectation:{apres.pk}:{apres.version}", at=at,
        )  # fmt: skip


def _guess(by: Acteur) -> str:
    return Affectation.Genre.AFFECTATION if by.nature == "agent" else Affectation.Genre.REGLE


def _tell(by: Acteur, genre: str) -> str:
    who = by.libelle if by.nature == "agent" else "Une règle"
    if genre == Affectation.Genre.ESCALADE:
        return f"{who} vous transmet une demande par escalade."
    if genre == Affectation.Genre.RETOUR:
        return f"{who} vous rend une demande que vous aviez fait remonter."
    if genre == Affectation.Genre.SUPPLEANCE:
        return f"{who} vous affecte une demande en suppléance."
    return f"{who} vous affecte une demande."


def list_passages(demande: Demande) -> "QuerySet[Affectation]":
    """Return the history of a demande, newest first (one query)."""
    joined = Affectation.objects.select_related("de_service", "de_agent", "vers_service", "vers_agent", "par")
    return joined.filter(demande=demande).order_by("-at", "-pk")


def find_escalade(demande: Demande) -> Affectation | None:
    """Return the escalade not given back yet that brought the demande here, the latest one (one query)."""
    pending: list[Affectation] = []
    steps = Affectation.objects.select_related("de_service", "de_agent", "par").filter(
        demande=demande, genre__in=[Affectation.Genre.ESCALADE, Affectation.Genre.RETOUR]
    )
    for step in steps.order_by("at", "pk"):
        if step.genre == Affectation.Genre.ESCALADE:
            pending.append(step)
        elif pending:
            pending.pop()
    return pending[-1] if pending else None
