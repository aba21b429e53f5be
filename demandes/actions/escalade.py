"""Handing a demande up with a reason, and giving it back with an answer."""

from datetime import datetime

from django.db import transaction

from collectivites.acteur import Acteur
from collectivites.domaines import RESERVES
from collectivites.models import Agent, Service
from demandes.actions.echange import add_note
from demandes.actions.traitement import write
from demandes.cycle import Etat
from demandes.models import Affectation, Demande
from demandes.routage import choose_domaine, choose_etat
from demandes.travail.absences import find_absence
from demandes.travail.affectations import find_escalade
from demandes.travail.lecteurs import keep_readers, list_supervisors, works_for
from demandes.versions import DemandeClose
from socle.texte import clean, truncate

MOTIF_MAX = 300
NIVEAU_MAX = 3  # agents, head of service, direction: beyond, it goes round in circles


class EscaladeRefusee(ValueError):
    """It can't go up as asked; the sentence says why."""


@transaction.atomic
def escalate(
    *, demande: Demande, version: int, motif: str, service: Service | None = None, agent: Agent | None = None,
    by: Acteur, at: datetime,
) -> Demande:  # fmt: skip
    """Hand it up to a supervisor (`agent`), or to another service; who had it is remembered, to be given it back.

    Raises EscaladeRefusee, ConflitVersion, DemandeClose.
    """
    if not demande.is_open and demande.version == version:
        raise DemandeClose
    reason = truncate(clean(motif), MOTIF_MAX)
    _verify(demande, reason, service, agent, at=at)
    target = service or demande.service
    domaine = choose_domaine(demande.type, service) if service else demande.domaine
    if demande.domaine in RESERVES and domaine not in RESERVES:
        domaine = demande.domaine
    starts = service is not None and demande.etat in {Etat.NOUVELLE, Etat.A_TRAITER}
    return write(
        demande, version, "demande.escaladee", by=by, at=at,
        details={"niveau": demande.niveau + 1, "service": service.nom if service else ""},
        passage=(Affectation.Genre.ESCALADE.value, reason), service=target, agent=agent, niveau=demande.niveau + 1,
        domaine=domaine, etat=choose_etat(demande.type, service) if starts else demande.etat,
    )  # fmt: skip


def _verify(demande: Demande, reason: str, service: Service | None, agent: Agent | None, *, at: datetime) -> None:
    if not reason:
        raise EscaladeRefusee("Dites pourquoi cette demande doit remonter.")
    if demande.niveau >= NIVEAU_MAX:
        raise EscaladeRefusee(
            f"Cette demande est déjà au niveau {NIVEAU_MAX}\u00a0: rendez-la avant de la faire remonter."
        )
    if (service is None) == (agent is None):
        raise EscaladeRefusee("Choisissez un superviseur, ou un autre service.")
    if service is not None and service.pk == demande.service_id:
        raise EscaladeRefusee(f"La demande est déjà au service {service.nom}.")
    if agent is not None and not list_supervisors(demande).filter(pk=agent.pk).exists():
        raise EscaladeRefusee(
            f"{agent} ne supervise pas cette demande\u00a0: choisissez un superviseur qui peut la lire."
        )
    absence = find_absence(agent.pk, at) if agent is not None else None
    if absence is not None:
        raise EscaladeRefusee(
            f"{agent} est en absence jusqu'au {absence.fin_on:%d/%m/%Y}\u00a0: choisissez quelqu'un d'autre."
        )


@transaction.atomic
def give_back(*, demande: Demande, version: int, texte: str, by: Acteur, at: datetime, agent: Agent) -> Demande:
    """Give it back to whoever handed it up, with the answer as an internal note; away or gone, to their service.

    Raises EscaladeRefusee, ConflitVersion, DemandeClose.
    """
    if not demande.is_open and demande.version == version:
        raise DemandeClose
    step = find_escalade(demande)
    if step is None:
        raise EscaladeRefusee("Cette demande n'est pas montée par escalade\u00a0: affectez-la.")
    if not clean(texte).strip():
        raise EscaladeRefusee("Écrivez votre réponse à l'escalade.")
    giver = step.de_agent or (step.par if step.par_id and works_for(step.par_id, step.de_service) else None)
    here = giver is not None and _is_there(giver, demande, step.de_service, at)
    done = write(
        demande, version, "demande.rendue", by=by, at=at, details={"niveau": max(demande.niveau - 1, 0)},
        passage=(Affectation.Genre.RETOUR.value, texte.strip()), service=step.de_service,
        agent=giver if here else None, niveau=max(demande.niveau - 1, 0),
    )  # fmt: skip
    add_note(demande=done, texte=f"Réponse à l'escalade\u00a0: {texte.strip()}", by=by, at=at, agent=agent)
    return done


def _is_there(agent: Agent, demande: Demande, service: Service | None, at: datetime) -> bool:
    """True when the agent still works for the service, may read the demande and is not away."""
    return works_for(agent.pk, service) and bool(keep_readers(demande, [agent.pk])) and not find_absence(agent.pk, at)
