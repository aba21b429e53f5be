"""Writes of the settings: rules and their order, macros, districts, blocked senders. Each tells the journal."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from collectivites.models import Agent, Collectivite
from demandes.automates.occasions import BLOCAGE
from demandes.blocages import write_adresse
from demandes.courriers import describe_coordonnees
from demandes.models import Blocage, ExecutionRegle, Macro, RegleAutomate, Zone
from journal.actions import record
from messagerie.actions import queue_occasion
from messagerie.destinataires import MessageRefuse
from messagerie.models import Envoi
from socle.ecriture import write_jour


class DejaBloque(ValueError):
    """A live block already stands against this address."""

    def __init__(self) -> None:
        super().__init__("Cet expéditeur est déjà bloqué.")


class RegleDejaServie(Exception):
    """A rule that ran keeps its log."""

    def __init__(self) -> None:
        super().__init__("Cette règle a déjà servi\u00a0: son historique est gardé. Mettez-la hors service.")


@transaction.atomic
def save_regle(*, regle: RegleAutomate, by: Acteur, at: datetime) -> RegleAutomate:
    """Create or change a rule; a new one comes last. Putting it in service starts its time now, never before."""
    verbe = "regle.modifiee" if regle.pk else "regle.creee"
    if regle.pk is None:
        regle.ordre = (RegleAutomate.objects.aggregate(last=Max("ordre"))["last"] or 0) + 1
    regle.updated_at = at
    regle.active_since = (regle.active_since or at) if regle.is_active else None
    regle.save()
    _tell(verbe, "regle", regle, by=by, at=at)
    return regle


@transaction.atomic
def set_regle_active(*, regle: RegleAutomate, is_active: bool, by: Acteur, at: datetime) -> None:
    """Put a rule in or out of service."""
    changed = RegleAutomate.objects.filter(pk=regle.pk).exclude(is_active=is_active)
    if changed.update(is_active=is_active, active_since=at if is_active else None, updated_at=at):
        _tell("regle.en_service" if is_active else "regle.hors_service", "regle", regle, by=by, at=at)


@transaction.atomic
def move_regle(*, regle: RegleAutomate, places: int, by: Acteur, at: datetime) -> bool:
    """Move a rule up (-1) or down (+1) among those that start the same way; False when it is already at the end."""
    rows = list(
        RegleAutomate.objects.select_for_update().filter(declencheur=regle.declencheur).order_by("ordre", "pk")
    )
    old = next(rank for rank, each in enumerate(rows) if each.pk == regle.pk)
    new = min(max(old + places, 0), len(rows) - 1)
    if new == old:
        return False
    rows.insert(new, rows.pop(old))
    for rank, each in enumerate(rows, start=1):
        each.ordre = rank
    RegleAutomate.objects.bulk_update(rows, ["ordre"])
    _tell("regle.ordre", "regle", regle, by=by, at=at)
    return True


@transaction.atomic
def delete_regle(*, regle: RegleAutomate, by: Acteur, at: datetime) -> None:
    """Remove a rule that never ran. Raises RegleDejaServie: its log is a proof, it is put out of service instead."""
    if ExecutionRegle.objects.filter(regle=regle).exists():
        raise RegleDejaServie
    _tell("regle.retiree", "regle", regle, by=by, at=at)
    with connection.cursor() as cursor:  # the ORM would first delete from the log, which nobody may
        cursor.execute("DELETE FROM demandes_regleautomate WHERE id = %s", [regle.pk])


@transaction.atomic
def save_macro(*, macro: Macro, by: Acteur, at: datetime) -> Macro:
    """Create or change a macro."""
    verbe = "macro.modifiee" if macro.pk else "macro.creee"
    macro.save()
    _tell(verbe, "macro", macro, by=by, at=at)
    return macro


@transaction.atomic
def delete_macro(*, macro: Macro, by: Acteur, at: datetime) -> None:
    """Remove a macro."""
    _tell("macro.retiree", "macro", macro, by=by, at=at)
    macro.delete()


@transaction.atomic
def save_zone(*, zone: Zone, by: Acteur, at: datetime) -> Zone:
    """Create or change a district; demandes keep the name they were given."""
    verbe = "zone.modifiee" if zone.pk else "zone.creee"
    zone.save()
    _tell(verbe, "zone", zone, by=by, at=at)
    return zone


@transaction.atomic
def delete_zone(*, zone: Zone, by: Acteur, at: datetime) -> None:
    """Remove a district."""
    _tell("zone.retiree", "zone", zone, by=by, at=at)
    zone.delete()


@transaction.atomic
def block(
    *, adresse: str, motif: str, expire_on: date, is_told: bool, agent: Agent, by: Acteur, at: datetime
) -> Blocage:
    """Block a sender until a day, and tell them when it is an e-mail address (CRPA L112-11). Raises DejaBloque.

    Their messages still become demandes; only acknowledgements stop.
    """
    spelled = write_adresse(adresse)
    Blocage.objects.filter(adresse=spelled, lifted_at=None, expire_on__lt=at.date()).update(lifted_at=at)
    blocage, is_new = Blocage.objects.get_or_create(
        adresse=spelled, lifted_at=None,
        defaults={"motif": motif, "expire_on": expire_on, "agent": agent, "at": at},
    )  # fmt: skip
    if not is_new:
        raise DejaBloque
    record(
        verbe="blocage.pose", objet_type="blocage", objet_id=blocage.pk, by=by, at=at, jusqu_au=expire_on.isoformat()
    )
    if is_told and "@" in spelled:
        _warn(blocage, by=by, at=at)
    return blocage


def _warn(blocage: Blocage, *, by: Acteur, at: datetime) -> None:
    town = Collectivite.objects.get(pk=get_active_id())
    variables: Mapping[str, str] = {
        "collectivite": town.nom,
        "motif": blocage.motif.rstrip(". "),
        "expire_le": write_jour(blocage.expire_on, annee=True),
        "coordonnees": describe_coordonnees(None, town),
    }
    try:
        queue_occasion(
            occasion=BLOCAGE.code, canal=Envoi.Canal.COURRIEL, clef=f"blocage:{blocage.pk}:information",
            destinataire=blocage.adresse, variables=dict(variables), entetes={"Auto-Submitted": "auto-generated"},
            objet_type="blocage", objet_id=blocage.pk, by=by, at=at,
        )  # fmt: skip
    except MessageRefuse:
        return  # not an address one can write to: the block stands, the law says « when it is possible »


@transaction.atomic
def lift(*, blocage: Blocage, by: Acteur, at: datetime) -> None:
    """Lift a block; lifting twice is harmless."""
    if Blocage.objects.filter(pk=blocage.pk, lifted_at=None).update(lifted_at=at):
        record(verbe="blocage.leve", objet_type="blocage", objet_id=blocage.pk, by=by, at=at)


def _tell(verbe: str, kind: str, row: Any, *, by: Acteur, at: datetime) -> None:
    record(verbe=verbe, objet_type=kind, objet_id=row.pk, libelle=row.libelle[:120], by=by, at=at)
