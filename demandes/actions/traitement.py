"""What agents decide about a demande: what it is, who answers, where it stands, how it ends."""

from datetime import datetime
from typing import Any

from django.db import transaction

from citoyens.models import Usager
from collectivites.acteur import Acteur
from collectivites.domaines import RESERVES
from collectivites.models import Agent, Service
from demandes.accuses.emission import follow_qualification
from demandes.actions.ouverture import tie_usager
from demandes.cycle import Etat, Issue, verify_passage
from demandes.declencheurs import apres_qualification, follow, is_receiving
from demandes.delais.recalcul import recompute
from demandes.models import Affectation, Demande, PartieDemande, TypeDemande
from demandes.routage import choose_domaine, choose_etat, choose_service
from demandes.scelles import move_domaine
from demandes.travail.abonnes import tell_followers
from demandes.travail.affectations import choose_attribution, record_passage
from demandes.travail.lecteurs import works_for
from demandes.versions import DemandeClose, DemandeFusionnee, update_at_version
from journal.actions import record


class IssueManquante(ValueError):
    """A demande is closed with an issue, and only then."""

    def __init__(self) -> None:
        super().__init__("Dites comment la demande se termine : choisissez une issue.")


class AgentHorsService(ValueError):
    """The agent does not work for the service."""

    def __init__(self, agent: Agent, service: Service | None) -> None:
        where = f"le service {service.nom}" if service else "un service : choisissez d'abord le service"
        super().__init__(f"{agent} ne travaille pas pour {where}.")


class DejaIdentifiee(ValueError):
    """The demande already has its demandeur."""

    def __init__(self) -> None:
        super().__init__("Cette demande a déjà son demandeur.")


_HORLOGES = frozenset({"etat", "type", "nature"})  # what moves a date of the demande
_ACCUSES = frozenset({"type", "service", "usager"})  # what an acknowledgement of receipt may have been waiting for
_MAINS = frozenset({"service", "agent"})  # what passes it from hand to hand


def write(demande: Demande, version: int, verbe: str, *, by: Acteur, at: datetime, details: dict[str, Any],
           passage: tuple[str, str] = ("", ""), **champs: Any) -> Demande:  # fmt: skip
    """Write the fields at this version and the journal line of what was done; the timeline follows the domain.

    `passage` is the (genre, reason) of the line of history written when the service or the agent changes.
    """
    fresh = update_at_version(demande, version, **champs)
    if "domaine" in champs:
        move_domaine([fresh.pk], fresh.domaine, by=by, at=at)
    if champs.keys() & _MAINS:
        record_passage(demande, fresh, by=by, at=at, genre=passage[0], motif=passage[1])
    record(
        verbe=verbe, objet_type="demande", objet_id=fresh.pk, libelle=fresh.numero, by=by, at=at,
        version=fresh.version, **details,
    )  # fmt: skip
    done = recompute(fresh, at=at) if champs.keys() & _HORLOGES else fresh
    if champs.keys() & _ACCUSES and not is_receiving():  # the opening acknowledges at its end, if it may at all
        follow_qualification(done, at=at)
    return done


@transaction.atomic
def qualify(
    *,
    demande: Demande,
    version: int,
    type: TypeDemande,  # noqa: A002 the word of the business
    service: Service | None,
    priorite: int,
    by: Acteur,
    at: datetime,
) -> Demande:
    """Say what it is about: type, service (the type's when none), priority; domain and deadline follow.

    The deadline is recomputed from the reception, never from today. Raises ConflitVersion, DemandeClose.
    """
    _verify_open(demande, version)
    chosen = choose_service(type, service)
    domaine = choose_domaine(type, chosen)
    etat = choose_etat(type, chosen) if demande.etat in {Etat.NOUVELLE, Etat.A_TRAITER} else demande.etat
    keeps_agent = demande.agent is None or (chosen is not None and chosen.pk == demande.service_id)
    kept: dict[str, Any] = {} if keeps_agent else {"agent": None}
    done = write(
        demande, version, "demande.qualifiee", by=by, at=at,
        details=_tell_qualification(type, chosen, domaine) | {"priorite": priorite},
        type=type, service=chosen, priorite=priorite, etat=etat, domaine=domaine,
        **kept,
    )  # fmt: skip
    return follow(apres_qualification, done, at=at) if done.etat == Etat.NOUVELLE else done


def _tell_qualification(type_: TypeDemande, service: Service | None, domaine: str) -> dict[str, str]:
    """What the journal keeps, read beyond the domain: of a sealed demande, « Aide alimentaire » is already content."""
    if domaine in RESERVES:
        return {"domaine": domaine}
    return {"type": type_.libelle, "service": service.nom if service else ""}


def _verify_open(demande: Demande, version: int) -> None:
    """Refuse a closed demande; one closed by somebody else meanwhile is a conflict, said by the UPDATE."""
    if not demande.is_open and demande.version == version:
        raise DemandeClose


@transaction.atomic
def assign(
    *, demande: Demande, version: int, service: Service | None, agent: Agent | None, by: Acteur, at: datetime
) -> Demande:
    """Give the demande to a service and, if known, to one of its agents. Raises ConflitVersion, AgentHorsService,
    DemandeClose.

    Given to an agent who is away, it goes to the substitute, or stays with the service: read `agent` on what returns.
    A sealed service seals the demande; leaving it does not open it: that takes a qualification.
    """
    _verify_open(demande, version)
    if agent is not None and not works_for(agent.pk, service):
        raise AgentHorsService(agent, service)
    attribution = choose_attribution(agent, service, by=by, at=at)
    stood_in, agent = attribution.agent is not None and attribution.absence is not None, attribution.agent
    domaine = choose_domaine(demande.type, service) if service else demande.domaine
    etat = choose_etat(demande.type, service) if demande.etat in {Etat.NOUVELLE, Etat.A_TRAITER} else demande.etat
    details = {
        "service": service.nom if service else "", "agent": agent.pk if agent else None,
        "a_soi": agent is not None and agent.pk == by.agent_id,
    }  # fmt: skip
    passage = (Affectation.Genre.SUPPLEANCE.value if stood_in else "", attribution.tell(service))
    return write(
        demande, version, "demande.affectee", by=by, at=at, details=details, service=service, agent=agent, etat=etat,
        passage=passage, domaine=_never_unseal(demande.domaine, domaine),
    )  # fmt: skip


def _never_unseal(before: str, after: str) -> str:
    return before if before in RESERVES and after not in RESERVES else after


def take(
    *, demande: Demande, version: int, agent: Agent, services: list[Service], by: Acteur, at: datetime
) -> Demande:
    """« Me l'affecter »: in the demande's service when the agent works there, else in the agent's first one.

    `services` are the agent's. Raises as `assign`.
    """
    own = next((each for each in services if each.pk == demande.service_id), None)
    return assign(
        demande=demande, version=version, service=own or next(iter(services), None), agent=agent, by=by, at=at
    )


@transaction.atomic
def move(*, demande: Demande, version: int, etat: str, issue: str = "", by: Acteur, at: datetime) -> Demande:
    """Pass to another state. Raises ConflitVersion, PassageInterdit, IssueManquante, DemandeFusionnee."""
    if demande.version == version:
        if demande.fusionnee_dans_id is not None:
            raise DemandeFusionnee
        verify_passage(demande.etat, etat)
    if etat == Etat.CLOSE:
        return _close(demande, version, issue, by=by, at=at)
    if demande.etat == Etat.CLOSE:
        return write(
            demande, version, "demande.rouverte", by=by, at=at, details={}, etat=etat, issue="", closed_at=None
        )
    return write(
        demande, version, "demande.etat", by=by, at=at, details={"avant": demande.etat, "apres": etat}, etat=etat
    )


def _close(demande: Demande, version: int, issue: str, *, by: Acteur, at: datetime) -> Demande:
    if issue not in Issue.values:
        raise IssueManquante
    done = write(
        demande, version, "demande.close", by=by, at=at, details={"issue": issue}, etat=Etat.CLOSE, issue=issue,
        closed_at=at, is_unread=False,
    )  # fmt: skip
    tell_followers(done, f"{by.libelle} a clos cette demande.", clef=f"close:{done.pk}:{done.version}", by=by, at=at)
    return done


def close(*, demande: Demande, version: int, issue: str, by: Acteur, at: datetime) -> Demande:
    """End the demande with its issue. Raises ConflitVersion, PassageInterdit, IssueManquante."""
    return move(demande=demande, version=version, etat=Etat.CLOSE, issue=issue, by=by, at=at)


def reopen(*, demande: Demande, version: int, by: Acteur, at: datetime) -> Demande:
    """Take a closed demande up again. Raises ConflitVersion, PassageInterdit."""
    return move(demande=demande, version=version, etat=Etat.EN_COURS, by=by, at=at)


def apply_suite(demande: Demande, suite: str, *, issue: str = "", by: Acteur, at: datetime) -> Demande:
    """Go on to `suite` right after an answer, in the same transaction: the row is ours, its version is fresh."""
    if demande.etat == suite:
        return demande
    return move(demande=demande, version=demande.version, etat=suite, issue=issue, by=by, at=at)


@transaction.atomic
def identify(*, demande: Demande, version: int, usager: Usager, by: Acteur, at: datetime) -> Demande:
    """Say who asked. Raises ConflitVersion, DejaIdentifiee."""
    if demande.version == version and demande.usager_id is not None:
        raise DejaIdentifiee
    fresh = write(demande, version, "demande.identifiee", by=by, at=at, details={"usager": usager.pk}, usager=usager)
    PartieDemande.objects.filter(demande=fresh, role=PartieDemande.Role.DEMANDEUR).delete()
    tie_usager(fresh, usager, by=by)
    return fresh
