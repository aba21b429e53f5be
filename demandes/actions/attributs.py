"""Small decisions about a demande: its priority, its district, whether it is abusive; and undoing a gesture."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from collectivites.acteur import Acteur
from collectivites.models import Agent
from demandes.accuses.emission import acknowledge
from demandes.actions.echange import add_note
from demandes.delais.recalcul import recompute
from demandes.models import Demande, Message
from demandes.scelles import move_domaine
from demandes.travail.affectations import record_passage
from demandes.versions import DemandeClose, update_at_version
from journal.actions import record

HORLOGES = frozenset({"etat", "type_id", "nature"})  # what moves a date


class MotifManquant(ValueError):
    """A demande is flagged as abusive for a reason (CRPA L112-11: the decision may be contested)."""

    def __init__(self) -> None:
        super().__init__("Dites pourquoi cet envoi est abusif.")


@transaction.atomic
def prioritise(*, demande: Demande, version: int, priorite: int, by: Acteur, at: datetime) -> Demande:
    """Change the priority. Raises ConflitVersion, DemandeClose."""
    if not demande.is_open and demande.version == version:
        raise DemandeClose
    fresh = update_at_version(demande, version, priorite=priorite)
    _tell(fresh, "demande.priorisee", by=by, at=at, priorite=priorite)
    return fresh


@transaction.atomic
def set_zone(*, demande: Demande, version: int, zone: str, by: Acteur, at: datetime) -> Demande:
    """Say in which district it happens; empty for none. Raises ConflitVersion."""
    fresh = update_at_version(demande, version, zone=zone)
    _tell(fresh, "demande.zone", by=by, at=at, zone=zone)
    return fresh


@transaction.atomic
def flag_abusive(*, demande: Demande, version: int, motif: str, by: Acteur, at: datetime, agent: Agent) -> Demande:
    """Say that it is abusive: it stays, readable, and is not acknowledged any more (CRPA L112-3 1°, L112-11).

    The motive is an internal note, beside what it judges. Raises MotifManquant, ConflitVersion.
    """
    reason = " ".join(motif.split())
    if not reason:
        raise MotifManquant
    fresh = update_at_version(demande, version, is_abusive=True)
    _tell(fresh, "demande.abusive", by=by, at=at)
    add_note(demande=fresh, texte=f"Envoi signalé comme abusif\u00a0: {reason[:300]}", by=by, at=at, agent=agent)
    return fresh


@transaction.atomic
def unflag_abusive(*, demande: Demande, version: int, by: Acteur, at: datetime) -> Demande:
    """Take the flag back: the acknowledgement that was withheld leaves now. Raises ConflitVersion."""
    fresh = update_at_version(demande, version, is_abusive=False)
    _tell(fresh, "demande.non_abusive", by=by, at=at)
    acknowledge(demande=fresh, adresse=find_origine(fresh), at=at)
    return fresh


def find_origine(demande: Demande) -> str:
    """Return the address the demande came from, empty when it has none (one query)."""
    first = Message.objects.filter(demande=demande, sens=Message.Sens.ENTRANT).order_by("at", "pk")
    return first.values_list("adresse", flat=True).first() or ""


@transaction.atomic
def restore(*, demande: Demande, version: int, champs: Mapping[str, Any], by: Acteur, at: datetime) -> Demande:
    """Put the fields of a demande back as they were before a gesture. Raises ConflitVersion: it moved since."""
    fresh = update_at_version(demande, version, **champs)  # a key written (« service_id ») forgets the object behind
    if "domaine" in champs:
        move_domaine([fresh.pk], fresh.domaine, by=by, at=at)
    _tell(fresh, "demande.geste_annule", by=by, at=at, champs=sorted(champs))
    if champs.keys() & {"service_id", "agent_id"}:
        record_passage(demande, fresh, by=by, at=at)
    return recompute(fresh, at=at) if champs.keys() & HORLOGES else fresh


def _tell(demande: Demande, verbe: str, *, by: Acteur, at: datetime, **details: object) -> None:
    record(
        verbe=verbe, objet_type="demande", objet_id=demande.pk, libelle=demande.numero, by=by, at=at,
        version=demande.version, **details,
    )  # fmt: skip
