"""Bulk gestures: the same gestures on many demandes, each with its reason when it fails, and all of it undone.

A row of `ActionGroupee` is the whole memory: what was asked (`demandes`: [[id, version seen], …]), what was done
(`faites`: [[id, version after, trace], …]), what was not (`echecs`: [[id, number, reason], …]). A batch and its lines
are one transaction under the lock of the row: killed at any point, the next worker goes on where it stopped.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, OperationalError, transaction

from collectivites.acces import Acces
from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active, get_active_id
from collectivites.models import Agent, Rattachement
from collectivites.permissions import Permission
from demandes.automates.application import REFUS, apply_all, tell_refus, undo
from demandes.automates.effets import Contexte, GesteImpossible
from demandes.automates.gestes import Action
from demandes.models import ActionGroupee, Demande
from demandes.versions import ConflitVersion, tell_changes
from journal.actions import record
from journal.models import Evenement

EN_LIGNE = 20  # beyond, a worker does it and the screen shows the progress
MAXIMUM = 1_000  # demandes in one action: more is a filter to keep, not a gesture
PAR_LOT = 20
BAIL = timedelta(minutes=2)
ANNULABLE = timedelta(days=1)
MACRO = "macro"
ILLISIBLE = "Elle n'existe plus, ou vous ne pouvez plus la traiter."
Etat = ActionGroupee.Etat
Vise = tuple[int, int]  # id, version seen on the page
logger = logging.getLogger(__name__)


class AnnulationImpossible(Exception):
    """The action can't be undone any more; `str()` says why."""


def create(
    *, geste: str, actions: Sequence[Action], vises: Sequence[Vise], clef: UUID, agent: Agent, by: Acteur,
    at: datetime, libelle: str = "",
) -> tuple[ActionGroupee, bool]:  # fmt: skip
    """Write what is asked; the same `clef` again gives the action already there. Returns (action, is new)."""
    targets = sorted(dict(vises[:MAXIMUM]).items())  # one order for all: two actions at once never wait for each other
    fields = {
        "agent": agent, "geste": geste, "demandes": [list(each) for each in targets], "at": at,
        "parametres": {"actions": list(actions), "libelle": libelle},
    }  # fmt: skip
    try:
        with transaction.atomic():
            action, is_new = ActionGroupee.objects.get_or_create(clef=clef, defaults=fields)
    except IntegrityError:  # the same form, sent twice at once
        return ActionGroupee.objects.get(clef=clef), False
    if is_new and geste != MACRO:
        _tell("groupee.lancee", action, len(targets), by=by, at=at)
    return action, is_new


def is_undoing(action: ActionGroupee) -> bool:
    """True while (or after) the gestures are taken back."""
    return bool(action.parametres.get("annulation"))


def count_left(action: ActionGroupee) -> int:
    """Return how many demandes are still to be treated."""
    return len(action.faites) if is_undoing(action) else max(0, len(action.demandes) - _count_seen(action))


def _count_seen(action: ActionGroupee) -> int:
    return len(action.faites) + len(action.echecs)


@transaction.atomic
def run_here(*, action: ActionGroupee, at: datetime) -> ActionGroupee:
    """Do all of it now, in the transaction of the caller (a few demandes)."""
    while (locked := _lock(action.pk)) is not None and locked.etat == Etat.EN_COURS:
        _do_batch(locked, at=at)
    return ActionGroupee.objects.get(pk=action.pk)


def run(*, collectivite_id: int, action_id: int, clock: Callable[[], datetime]) -> None:
    """Do all of it, a transaction a batch, unless another worker holds the lease."""
    with collectivite_active(collectivite_id):
        at = clock()
        mine = ActionGroupee.objects.filter(pk=action_id, etat=Etat.EN_COURS).exclude(bail_at__gt=at)
        if not mine.update(bail_at=at + BAIL):
            return
    is_running = True
    while is_running:
        with collectivite_active(collectivite_id):
            locked = _lock(action_id)
            is_running = locked is not None and locked.etat == Etat.EN_COURS
            if locked is not None and is_running:
                _do_batch(locked, at=clock())


def _lock(pk: int) -> ActionGroupee | None:
    rows = ActionGroupee.objects.select_for_update(no_key=True, of=("self",)).select_related("agent")
    return rows.filter(pk=pk).first()


def _do_batch(action: ActionGroupee, *, at: datetime) -> None:
    """Treat the next demandes and write them down; close the action with the last one."""
    if is_undoing(action):
        _undo_batch(action, at=at)
    else:
        _apply_batch(action, at=at)
    action.bail_at = at + BAIL
    if not count_left(action):
        action.etat, action.fini_at, action.bail_at = (Etat.ANNULEE if is_undoing(action) else Etat.FINIE), at, None
        if action.geste != MACRO:
            verbe = "groupee.annulee" if is_undoing(action) else "groupee.finie"
            _tell(verbe, action, len(action.faites), by=_acting(action), at=at)
    action.save(update_fields=["faites", "echecs", "bail_at", "etat", "fini_at"])


def _acting(action: ActionGroupee) -> Acteur:
    return Acteur(nature="agent", libelle=str(action.agent), agent_id=action.agent_id)


def _load_acces(action: ActionGroupee) -> Acces | None:
    """The rights of the agent as they are now, None when they left or may not treat demandes any more."""
    link = Rattachement.objects.select_related("collectivite", "agent").filter(
        agent_id=action.agent_id, collectivite_id=get_active_id(), is_active=True, agent__is_active=True
    )
    found = link.first()
    acces = Acces(agent=found.agent, collectivite=found.collectivite, rattachement=found) if found else None
    return acces if acces and acces.can(Permission.DEMANDE_TRAITER) else None


def _apply_batch(action: ActionGroupee, *, at: datetime) -> None:
    acces, start = _load_acces(action), _count_seen(action)
    seen = {row[0] for row in (*action.faites, *action.echecs)}
    batch = [(pk, version) for pk, version in action.demandes if pk not in seen][:PAR_LOT]
    readable = _load_readable(acces, [pk for pk, _ in batch])
    for pk, version in batch:
        demande = readable.get(pk)
        if demande is None:
            action.echecs.append([pk, "", ILLISIBLE])
        else:
            _apply_one(action, demande, version, at=at)
    assert _count_seen(action) > start or not batch  # noqa: S101 a batch that never advances would turn for ever


def _load_readable(acces: Acces | None, pks: list[int]) -> dict[int, Demande]:
    """Lock, in one order, those the agent may read."""
    if acces is None:
        return {}
    rows = Demande.objects.visible_to(acces).for_fiche().filter(pk__in=pks).order_by("pk")
    return {row.pk: row for row in rows.select_for_update(no_key=True, of=("self",))}


def _apply_one(action: ActionGroupee, demande: Demande, version: int, *, at: datetime) -> None:
    contexte = Contexte(by=_acting(action), at=at, clef=f"groupee:{action.clef}", agent=action.agent)
    try:
        with transaction.atomic():
            _verify_version(demande, version)
            done = apply_all(demande, action.parametres["actions"], contexte)
    except OperationalError:
        raise  # the batch is taken back and tried again
    except (*REFUS, ConflitVersion) as refusal:
        action.echecs.append([demande.pk, demande.numero, tell_refus(refusal)])
    except Exception as error:
        logger.exception("geste groupé en erreur", extra={"demande": demande.pk})
        action.echecs.append([demande.pk, demande.numero, tell_refus(error)])
    else:
        action.faites.append([demande.pk, done.demande.version, done.trace])


def _verify_version(demande: Demande, version: int) -> None:
    """Refuse a demande that moved since the page was drawn (its row is locked)."""
    if demande.version != version:
        raise ConflitVersion(tell_changes(demande.pk, since=version))


def show_echecs(action: ActionGroupee, acces: Acces) -> list[tuple[int, str, str]]:
    """Return the failures as this agent may see them now (one query): a demande sealed to them is not named, and the
    reason, which may tell what others did, is not said."""
    pks = [row[0] for row in action.echecs]
    readable = set(Demande.objects.visible_to(acces).filter(pk__in=pks).values_list("pk", flat=True)) if pks else set()
    return [(pk, numero, raison) if pk in readable else (pk, "", ILLISIBLE) for pk, numero, raison in action.echecs]


def may_undo(action: ActionGroupee, *, agent_id: int, at: datetime) -> bool:
    """True for the agent who did it, within the day, once."""
    is_mine = action.agent_id == agent_id and action.etat == Etat.FINIE
    return is_mine and bool(action.faites) and at <= (action.fini_at or action.at) + ANNULABLE


@transaction.atomic
def ask_undo(*, action: ActionGroupee, agent_id: int, at: datetime) -> ActionGroupee:
    """Start to take the gestures back. Raises AnnulationImpossible. Asked twice, it is done once."""
    locked = _lock(action.pk)
    if locked is None or not may_undo(locked, agent_id=agent_id, at=at):
        raise AnnulationImpossible(_tell_why(locked, at=at))
    locked.parametres = locked.parametres | {"annulation": True, "faites": len(locked.faites)}
    locked.etat, locked.fini_at, locked.bail_at = Etat.EN_COURS, None, None
    locked.save(update_fields=["parametres", "etat", "fini_at", "bail_at"])
    return locked


def _tell_why(action: ActionGroupee | None, *, at: datetime) -> str:
    if action is None or action.etat == Etat.ANNULEE or is_undoing(action):
        return "Cette action est déjà annulée."
    if action.etat == Etat.EN_COURS:
        return "Cette action n'est pas finie."
    if at > (action.fini_at or action.at) + ANNULABLE:
        return "Le délai d'un jour pour annuler est passé."
    return "Cette action n'a rien changé que vous puissiez annuler."


def _undo_batch(action: ActionGroupee, *, at: datetime) -> None:
    batch, rest = action.faites[:PAR_LOT], action.faites[PAR_LOT:]
    held = Demande.objects.select_for_update(no_key=True).filter(pk__in=[pk for pk, *_ in batch]).order_by("pk")
    rows, acces = {row.pk: row for row in held}, _load_acces(action)
    for pk, version, trace in batch:
        demande = rows.get(pk)
        if demande is None:
            action.echecs.append([pk, "", "Elle n'existe plus."])
            continue
        try:
            with transaction.atomic():
                _verify_version(demande, version)
                _verify_sealed(action, demande, acces)
                undo(demande, version, trace, by=_acting(action), at=at)
        except (ConflitVersion, GesteImpossible) as refusal:
            action.echecs.append([pk, demande.numero, f"Non annulée. {tell_refus(refusal)}"])
    action.faites = rest


def _verify_sealed(action: ActionGroupee, demande: Demande, acces: Acces | None) -> None:
    """Refuse to open again what is sealed to this agent once its service worked on it: a note changes no version."""
    if acces is not None and demande.domaine in acces.domaines:
        return
    lines = Evenement.objects.about("demande", demande.pk).filter(at__gte=action.at, acteur_nature="agent")
    if acces is None or lines.exclude(acteur_id=action.agent_id).exists():
        raise GesteImpossible("Elle est réservée à son service, qui y travaille.")


def _tell(verbe: str, action: ActionGroupee, number: int, *, by: Acteur, at: datetime) -> None:
    record(
        verbe=verbe, objet_type="groupee", objet_id=action.pk, libelle=action.geste, by=by, at=at, nombre=number
    )  # fmt: skip
