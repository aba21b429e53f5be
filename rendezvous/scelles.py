"""What seals an appointment is the present: its service, or the demande it comes from, sealed since it was taken.

The domain is copied on the row (reads compare one column) and on the timeline; whoever changes its source changes the
copies, in the same transaction. Sealing hides the past too. Opening shows only what is still to come: what was said
under the seal stays there.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import F, Q

from citoyens.actions import move_all_interactions
from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from collectivites.domaines import RESERVES
from collectivites.models import Service
from journal.actions import record
from messagerie.models import Envoi
from rendezvous.etats import VIVANTS, Etat
from rendezvous.models import Motif, RendezVous, RendezVousQuerySet
from socle.direct import publish_on_commit
from socle.ouvriers import ask_worker

INVITATION = "invitation_rendezvous"  # rows of the timeline that an invitation writes, about its motif
LOT = 1000


def follow_service(service: Service, avant: str, by: Acteur, at: datetime) -> None:
    """A service changed domain: its appointments and the invitations of its motifs follow."""
    _follow(RendezVous.objects.filter(service=service), service, by=by, at=at)
    motifs = Motif.objects.filter(service=service).order_by("pk").values_list("pk", flat=True)
    if service.domaine in RESERVES or avant not in RESERVES:
        move_all_interactions(objet_type=INVITATION, objet_ids=list(motifs), domaine=service.domaine)


def follow_motif(motif: Motif, by: Acteur, at: datetime) -> None:
    """A motif changed service: its appointments to come go with it; all of them, behind the seal, if it has one."""
    rows = RendezVous.objects.filter(motif=motif)
    rows.filter(_to_come(at)).exclude(service=motif.service).update(service=motif.service)
    _follow(rows, motif.service, by=by, at=at)
    if motif.service.domaine in RESERVES:
        move_all_interactions(objet_type=INVITATION, objet_ids=[motif.pk], domaine=motif.service.domaine)


def follow_demandes(ids: Sequence[int], domaine: str, by: Acteur, at: datetime) -> None:
    """Demandes took another domain: sealed, it seals their appointments; opened, these follow their service again."""
    rows = RendezVous.objects.filter(demande__in=ids)
    if domaine in RESERVES:
        open_ones = rows.exclude(domaine__in=RESERVES)
        _write(list(open_ones.order_by("pk").values_list("pk", flat=True)), domaine, by=by, at=at)
        return
    for service in Service.objects.filter(pk__in=rows.values("service_id")).order_by("pk"):
        _follow(rows.filter(service=service), service, by=by, at=at)


def _follow(rows: RendezVousQuerySet, service: Service, *, by: Acteur, at: datetime) -> None:
    wrong = rows.exclude(domaine=service.domaine)
    if service.domaine not in RESERVES:
        wrong = wrong.exclude(demande__domaine__in=RESERVES).filter(_to_come(at) | ~Q(domaine__in=RESERVES))
    ids = list(wrong.order_by("pk").values_list("pk", flat=True))
    _write(ids, service.domaine, by=by, at=at)


def _to_come(at: datetime) -> Q:
    return Q(etat__in=[Etat.OPTION, *VIVANTS], fin_at__gt=at)


def _write(ids: Collection[int], domaine: str, *, by: Acteur, at: datetime) -> None:
    """Write the domain of these appointments and of their rows in the timelines; reminders are written again."""
    if not ids:
        return
    listed = list(ids)
    for first in range(0, len(listed), LOT):
        batch = listed[first : first + LOT]
        RendezVous.objects.filter(pk__in=batch).update(domaine=domaine, version=F("version") + 1)
        move_all_interactions(objet_type="rendezvous", objet_ids=batch, domaine=domaine)
        if domaine in RESERVES:
            _seal_visits(batch)
    record(
        verbe="rendezvous.domaine", objet_type="rendezvous", objet_id=listed[0], by=by, at=at, nombre=len(listed),
        domaine=domaine,
    )  # fmt: skip
    publish_on_commit(collectivite_id=get_active_id(), sujet="rendezvous")
    coming = RendezVous.objects.filter(pk__in=listed, etat__in=VIVANTS, debut_at__gt=at).order_by("pk")
    if asked := list(coming.values_list("pk", flat=True)):
        transaction.on_commit(partial(_ask_rappels, get_active_id(), asked), robust=True)


def _seal_visits(ids: Collection[int]) -> None:
    """The messages of a visit name all its stops: they are kept by the one that is sealed."""
    rows = RendezVous.objects.filter(pk__in=ids, parcours__isnull=False).order_by("pk")
    for pk, parcours in rows.values_list("pk", "parcours_id"):
        stops = RendezVous.objects.filter(parcours_id=parcours).values("pk")
        told = Envoi.objects.filter(objet_type="rendezvous", objet_id__in=stops)
        told.filter(clef__startswith=f"parcours:{parcours}:").update(objet_id=pk)


def _ask_rappels(collectivite_id: int, ids: list[int]) -> None:
    """The reminders that wait were written before: what they name may be sealed now."""
    ask_worker("rendezvous.tasks.rewrite_rappels", collectivite_id, ids, expires=86400)
