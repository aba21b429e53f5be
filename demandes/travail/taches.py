"""What is left to do for a demande, by whom, before which day."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Max, QuerySet

from collectivites.acces import Acces
from collectivites.acteur import Acteur
from collectivites.models import Agent
from demandes.models import Demande, Notification, Tache
from demandes.travail.lecteurs import keep_readers
from demandes.travail.notifications import notify
from journal.actions import record
from socle.texte import clean, truncate

LIBELLE_MAX = 200


class TacheRefusee(ValueError):
    """The task can't be written as asked; the sentence says why."""


def list_taches(demande: Demande) -> "QuerySet[Tache]":
    """Return the tasks of a demande in their order, those to do first (one query)."""
    rows = Tache.objects.select_related("agent", "done_by").filter(demande=demande)
    return rows.order_by(F("done_at").asc(nulls_first=True), "rang", "pk")


def list_my_taches(acces: Acces) -> "QuerySet[Tache]":
    """Return what this agent has to do, of the demandes they may read, first due first."""
    mine = Tache.objects.select_related("demande").filter(agent_id=acces.agent.pk, done_at=None)
    readable = mine.filter(demande__domaine__in=acces.domaines)
    return readable.order_by(F("due_on").asc(nulls_last=True), "created_at", "pk")


def count_open(demande: Demande) -> int:
    """Return how many tasks are not done (one query)."""
    return Tache.objects.filter(demande=demande, done_at=None).count()


@transaction.atomic
def add_tache(
    *, demande: Demande, libelle: str, agent: Agent | None, due_on: date | None, clef: UUID, by: Acteur, at: datetime
) -> Tache:
    """Write something to do. The same `clef` again returns the task already there. Raises TacheRefusee."""
    said = _read_libelle(libelle)
    _verify_reader(demande, agent)
    last = Tache.objects.filter(demande=demande).aggregate(last=Max("rang"))["last"] or 0
    tache = Tache(
        demande=demande, libelle=said, agent=agent, due_on=due_on, rang=min(last + 1, 32000), par_id=by.agent_id,
        created_at=at, clef=clef,
    )  # fmt: skip
    try:
        with transaction.atomic():
            tache.save(force_insert=True)
    except IntegrityError as error:
        if "tache_clef_unique" not in str(error):
            raise
        return Tache.objects.get(clef=clef)
    _tell(demande, "demande.tache", by=by, at=at)
    _notify(tache, by=by, at=at)
    return tache


def _read_libelle(libelle: str) -> str:
    said = truncate(clean(libelle), LIBELLE_MAX)
    if not said:
        raise TacheRefusee("Dites ce qu'il y a à faire.")
    return said


def _verify_reader(demande: Demande, agent: Agent | None) -> None:
    if agent is not None and not keep_readers(demande, [agent.pk]):
        raise TacheRefusee(f"{agent} ne peut pas lire cette demande\u00a0: choisissez quelqu'un d'autre.")


def _notify(tache: Tache, *, by: Acteur, at: datetime) -> None:
    if tache.agent_id is not None and tache.agent_id != by.agent_id:
        notify(
            tache.agent_id, Notification.Genre.AFFECTATION, f"{by.libelle} vous confie une tâche.", tache.demande,
            clef=f"tache:{tache.pk}:{tache.agent_id}", at=at,
        )  # fmt: skip


@transaction.atomic
def change_tache(
    *, tache: Tache, libelle: str, agent: Agent | None, due_on: date | None, by: Acteur, at: datetime
) -> Tache:
    """Change the words, who does it, the day. Raises TacheRefusee."""
    said = _read_libelle(libelle)
    _verify_reader(tache.demande, agent)
    tache.libelle, tache.agent, tache.due_on = said, agent, due_on
    tache.save(update_fields=["libelle", "agent", "due_on"])
    _tell(tache.demande, "demande.tache_changee", by=by, at=at)
    _notify(tache, by=by, at=at)
    return tache


@transaction.atomic
def set_done(*, tache: Tache, is_done: bool, by: Acteur, at: datetime) -> bool:
    """Say that it is done, or to do again; False when it was so already (two agents at once: told once)."""
    rows = Tache.objects.filter(pk=tache.pk, done_at__isnull=is_done)
    changed = rows.update(done_at=at if is_done else None, done_by_id=by.agent_id if is_done else None)
    if changed:
        _tell(tache.demande, "demande.tache_faite" if is_done else "demande.tache_a_refaire", by=by, at=at)
    return bool(changed)


@transaction.atomic
def shift_tache(*, tache: Tache, is_up: bool) -> None:
    """Exchange its place with the task to do just before (or after) it; at the end of the list, nothing."""
    same = list(Tache.objects.select_for_update().filter(demande=tache.demande, done_at=None).order_by("rang", "pk"))
    places = {each.pk: place for place, each in enumerate(same)}
    place = places.get(tache.pk)
    other = None if place is None else place + (-1 if is_up else 1)
    if place is None or other is None or not 0 <= other < len(same):
        return
    same[place], same[other] = same[other], same[place]
    for rang, each in enumerate(same, 1):
        each.rang = rang
    Tache.objects.bulk_update(same, ["rang"])


@transaction.atomic
def remove_tache(*, tache: Tache, by: Acteur, at: datetime) -> None:
    """Take it off the list."""
    demande = tache.demande
    tache.delete()
    _tell(demande, "demande.tache_retiree", by=by, at=at)


def _tell(demande: Demande, verbe: str, *, by: Acteur, at: datetime) -> None:
    record(verbe=verbe, objet_type="demande", objet_id=demande.pk, libelle=demande.numero, by=by, at=at)
