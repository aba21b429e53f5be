"""Writing the journal: called inside the transaction of the action it tells, so neither exists without the other."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from journal.models import Consultation, Evenement
from socle.direct import publish_on_commit
from socle.traces import correlation


def record(
    *, verbe: str, objet_type: str, objet_id: int, libelle: str = "", by: Acteur, at: datetime, **details: Any
) -> Evenement:
    """Write one line. `details` are JSON values without personal data (ids, states, counts).

    Screens that follow this kind of object, or this very one, are nudged once the transaction is committed.
    """
    for sujet in (objet_type, f"{objet_type}:{objet_id}"):
        publish_on_commit(collectivite_id=get_active_id(), sujet=sujet)
    return Evenement.objects.create(
        at=at,
        verbe=verbe,
        objet_type=objet_type,
        objet_id=objet_id,
        objet_libelle=libelle,
        acteur_nature=by.nature,
        acteur_id=by.agent_id if by.nature == "agent" else by.usager_id,
        acteur_libelle=by.libelle,
        details=details,
        correlation=correlation.get(),
    )


@dataclass(frozen=True)
class Fait:
    """One line to write with others: what `record` takes, without who and when."""

    verbe: str
    objet_type: str
    objet_id: int
    libelle: str = ""
    details: dict[str, Any] = field(default_factory=dict)


def record_many(faits: Iterable[Fait], *, by: Acteur, at: datetime) -> None:
    """Write these lines in one statement: a sweep tells hundreds of facts. Each screen is nudged once."""
    told = list(faits)
    for sujet in {each.objet_type for each in told} | {f"{each.objet_type}:{each.objet_id}" for each in told}:
        publish_on_commit(collectivite_id=get_active_id(), sujet=sujet)
    Evenement.objects.bulk_create(
        Evenement(
            at=at, verbe=each.verbe, objet_type=each.objet_type, objet_id=each.objet_id, objet_libelle=each.libelle,
            acteur_nature=by.nature, acteur_id=by.agent_id if by.nature == "agent" else by.usager_id,
            acteur_libelle=by.libelle, details=each.details, correlation=correlation.get(),
        )
        for each in told
    )  # fmt: skip


def record_reading(
    *,
    vue: Consultation.Vue,
    agent_id: int,
    at: datetime,
    usager_id: int | None = None,
    objet_id: int | None = None,
    motif: str = "",
) -> Consultation:
    """Write that an agent read a profile or a document (RGPD art. 5-1-f and 32: traceability of access)."""
    return Consultation.objects.create(
        at=at, agent_id=agent_id, usager_id=usager_id, objet_id=objet_id, vue=vue, motif=motif
    )


def record_readings(
    *,
    vue: Consultation.Vue,
    lus: Iterable[tuple[int | None, int | None]],
    agent_id: int,
    at: datetime,
    motif: str = "",
) -> None:
    """Write that a list was read: one line for each (usager_id, objet_id) of `lus`, in one statement."""
    Consultation.objects.bulk_create(
        Consultation(at=at, agent_id=agent_id, usager_id=usager_id, objet_id=objet_id, vue=vue, motif=motif)
        for usager_id, objet_id in lus
    )
