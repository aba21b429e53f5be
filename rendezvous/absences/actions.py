"""Moving, entrusting or cancelling many appointments: each its own transaction, each with its reason when it fails.

Nothing here is all-or-nothing: what could be settled is, the report says the rest. Killed at any point, the next
worker goes on where it stopped: a batch of lines and what they did are one transaction, under the lock of the row.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, OperationalError, transaction

from collectivites.acces import Acces
from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active, get_active_id
from collectivites.models import Agent, Rattachement
from collectivites.permissions import Permission
from journal.actions import record
from rendezvous.creneaux.modele import Creneau
from rendezvous.models import LotRendezVous, Occupation, RendezVous
from rendezvous.reservation.actions import cancel_rendezvous, move_rendezvous
from rendezvous.reservation.refus import CreneauPris, RendezVousRefuse, VersionPerimee
from rendezvous.reservation.traces import describe
from rendezvous.verrous import lock_ressources

EN_LIGNE = 30  # beyond, a worker does it and the page shows the progress
PAR_LOT = 10
BAIL = timedelta(minutes=2)
ILLISIBLE = "Il n'existe plus, ou vous ne pouvez plus le traiter."
Etat, Geste = LotRendezVous.Etat, LotRendezVous.Geste
Vise = tuple[int, int, Creneau | None]  # id, version seen, where to (None: the gesture needs none)
logger = logging.getLogger(__name__)


def create_lot(
    *, geste: str, vises: Sequence[Vise], raison: str, is_prevenu: bool, clef: UUID, agent: Agent, by: Acteur,
    at: datetime,
) -> tuple[LotRendezVous, bool]:  # fmt: skip
    """Write what is asked; the same `clef` again gives the batch already there. Returns (batch, is new)."""
    fields: dict[str, Any] = {
        "agent": agent, "geste": geste, "raison": raison, "is_prevenu": is_prevenu, "at": at,
        "vises": [[pk, version, _pack(creneau)] for pk, version, creneau in vises],
    }  # fmt: skip
    try:
        with transaction.atomic():
            lot, is_new = LotRendezVous.objects.get_or_create(clef=clef, defaults=fields)
    except IntegrityError:  # the same form, sent twice at once
        return LotRendezVous.objects.get(clef=clef), False
    if is_new:
        record(
            verbe="lot_rdv.lance", objet_type="lot_rdv", objet_id=lot.pk, libelle=lot.get_geste_display(), by=by,
            at=at, nombre=len(fields["vises"]),
        )  # fmt: skip
    return lot, is_new


def _pack(creneau: Creneau | None) -> list[Any] | None:
    if creneau is None:
        return None
    return [creneau.debut_at.isoformat(), creneau.lieu_id, creneau.ressource_id, creneau.seance_id]


def count_left(lot: LotRendezVous) -> int:
    """Return how many are still to be treated."""
    return len(lot.vises) - len(lot.faits) - len(lot.echecs)


@transaction.atomic
def run_here(*, lot: LotRendezVous, at: datetime) -> LotRendezVous:
    """Do all of it now, in the transaction of the caller (a few appointments): every lock first, for all batches."""
    _lock_ressources(lot.vises, _load_readable(_load_acces(lot), [row[0] for row in lot.vises]).values())
    while (locked := _lock(lot.pk)) is not None and locked.etat == Etat.EN_COURS:
        _do_batch(locked, at=at)
    return LotRendezVous.objects.get(pk=lot.pk)


def run(*, collectivite_id: int, lot_id: int, clock: Callable[[], datetime]) -> None:
    """Do all of it, a transaction a batch, unless another worker holds the lease."""
    with collectivite_active(collectivite_id):
        at = clock()
        mine = LotRendezVous.objects.filter(pk=lot_id, etat=Etat.EN_COURS).exclude(bail_at__gt=at)
        if not mine.update(bail_at=at + BAIL):
            return
    is_running = True
    while is_running:
        with collectivite_active(collectivite_id):
            locked = _lock(lot_id)
            is_running = locked is not None and locked.etat == Etat.EN_COURS
            if locked is not None and is_running:
                _do_batch(locked, at=clock())


def _lock(pk: int) -> LotRendezVous | None:
    rows = LotRendezVous.objects.select_for_update(no_key=True, of=("self",)).select_related("agent")
    return rows.filter(pk=pk).first()


def _do_batch(lot: LotRendezVous, *, at: datetime) -> None:
    acces = _load_acces(lot)
    seen = {row[0] for row in (*lot.faits, *lot.echecs)}
    batch = [row for row in lot.vises if row[0] not in seen][:PAR_LOT]
    readable = _load_readable(acces, [row[0] for row in batch])
    _lock_ressources(batch, readable.values())
    for pk, version, place in batch:
        _do_one(lot, readable.get(pk), pk, version, place, at=at)
    lot.bail_at = at + BAIL
    if not count_left(lot):
        lot.etat, lot.fini_at, lot.bail_at = Etat.FINI, at, None
    lot.save(update_fields=["faits", "echecs", "bail_at", "etat", "fini_at"])


def _lock_ressources(batch: Sequence[list[Any]], rows: Iterable[RendezVous]) -> None:
    """Lock all that the batch may touch, in order, before the first move: one by one, two batches would cross."""
    held = Occupation.objects.filter(rendezvous__in=[row[0] for row in batch]).values_list("ressource_id", flat=True)
    sessions = [rdv.seance.ressource_id for rdv in rows if rdv.seance is not None]
    lock_ressources({*held, *sessions, *(row[2][2] for row in batch if row[2] is not None and row[2][2])})


def _load_acces(lot: LotRendezVous) -> Acces | None:
    """The rights of the agent as they are now, None when they left or may not treat appointments any more."""
    found = (
        Rattachement.objects.select_related("collectivite", "agent")
        .filter(agent_id=lot.agent_id, collectivite_id=get_active_id(), is_active=True, agent__is_active=True)
        .first()
    )
    acces = Acces(agent=found.agent, collectivite=found.collectivite, rattachement=found) if found else None
    return acces if acces and acces.can(Permission.RENDEZVOUS_TRAITER) else None


def _load_readable(acces: Acces | None, pks: list[int]) -> dict[int, RendezVous]:
    if acces is None:
        return {}
    rows = RendezVous.objects.visible_to(acces).booked().filter(pk__in=pks)
    return {row.pk: row for row in rows.select_related("motif", "lieu", "seance", "service")}


def _do_one(
    lot: LotRendezVous, rdv: RendezVous | None, pk: int, version: int, place: list[Any] | None, *, at: datetime
) -> None:  # fmt: skip
    if rdv is None:
        lot.echecs.append([pk, ILLISIBLE])
        return
    try:
        with transaction.atomic():
            lot.faits.append([pk, _apply(lot, rdv, version, place, at=at)])
    except OperationalError:
        raise  # the batch is taken back and tried again
    except CreneauPris:
        lot.echecs.append([pk, _tell_pris(lot)])
    except (RendezVousRefuse, VersionPerimee) as refusal:
        lot.echecs.append([pk, str(refusal)])
    except Exception:
        logger.exception("rendez-vous groupé en erreur", extra={"rendezvous": pk})
        lot.echecs.append([pk, "Une erreur l'a empêché. Traitez-le depuis sa page."])


def _tell_pris(lot: LotRendezVous) -> str:
    if lot.geste == Geste.CONFIER:
        return "La personne choisie n'est pas libre à cette heure, ou ne reçoit pas ce motif."
    return "Ce créneau a été pris entre-temps."


def _apply(lot: LotRendezVous, rdv: RendezVous, version: int, place: list[Any] | None, *, at: datetime) -> str:
    """Do it; return what to say of it. Raises CreneauPris, RendezVousRefuse, VersionPerimee."""
    by = Acteur(nature="agent", libelle=str(lot.agent), agent_id=lot.agent_id)
    if lot.geste == Geste.ANNULER:
        cancel_rendezvous(
            rendezvous=rdv, version=version, par="service", raison=lot.raison, by=by, at=at, is_prevenu=lot.is_prevenu
        )
        return "annulé"
    if place is None:
        raise RendezVousRefuse("Aucun créneau n'était libre pour lui.")
    moved = move_rendezvous(
        rendezvous=rdv, version=version, creneau=_unpack(rdv, place), by=by, at=at, is_prevenu=lot.is_prevenu
    )
    return "confié, même heure" if moved.debut_at == rdv.debut_at else describe(moved)


def _unpack(rdv: RendezVous, place: list[Any]) -> Creneau:
    debut, lieu, ressource, seance = place
    start = datetime.fromisoformat(debut).astimezone(UTC)
    return Creneau(start, start + (rdv.fin_at - rdv.debut_at), lieu, ressource, 1, rdv.motif_id, seance)
