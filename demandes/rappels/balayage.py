"""Doing the steps that are due: the effect and the end of the row are one transaction.

Rows are claimed with SKIP LOCKED by small batches of one town. Two beats ask twice for the same rows: the second finds
them locked or done. A worker killed in between leaves them as they were: the next sweep takes them up again.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import InterfaceError, OperationalError

from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite
from demandes.delais.paliers import A
from demandes.models import Demande, Echeance, NatureEcheance, Rappel
from demandes.rappels.effets import Destinataires, Effet, describe_effet, is_relevant
from demandes.travail.notifications import write_all, write_rows
from journal.actions import Fait, record_many

logger = logging.getLogger(__name__)
LOT = 100  # steps a transaction
RECUL = timedelta(hours=1)  # what fails is tried again later, and holds up nobody


def do_rappels(*, collectivite_id: int, rappel_ids: Sequence[int], at: datetime) -> int:
    """Do these steps if they are still to do; return how many were closed. A step that fails waits an hour."""
    try:
        return do_batch(collectivite_id, rappel_ids, at)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("rappels_en_echec", extra={"nombre": len(rappel_ids)})
        return sum(_do_alone(collectivite_id, pk, at) for pk in rappel_ids)


def _do_alone(collectivite_id: int, pk: int, at: datetime) -> int:
    try:
        return do_batch(collectivite_id, [pk], at)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("rappel_en_echec", extra={"rappel": pk})
        with collectivite_active(collectivite_id):
            Rappel.objects.filter(pk=pk, fait_at=None).update(prevu_at=at + RECUL)
        return 0


def do_batch(collectivite_id: int, rappel_ids: Sequence[int], at: datetime) -> int:
    """Claim what nobody holds, do it, close it: one transaction, nine statements whatever the size."""
    with collectivite_active(collectivite_id):
        claimed = Rappel.objects.filter(pk__in=rappel_ids, fait_at=None, prevu_at__lte=at)
        rappels = list(claimed.select_for_update(skip_locked=True).order_by("prevu_at", "pk"))
        if not rappels:
            return 0
        demandes = Demande.objects.in_bulk({rappel.demande_id for rappel in rappels})
        dates = {
            (each.demande_id, each.nature): each for each in Echeance.objects.filter(demande_id__in=demandes.keys())
        }
        local = ZoneInfo(Collectivite.objects.values_list("fuseau", flat=True).get(pk=collectivite_id))
        facts, rows, told = [], [], Destinataires()
        for rappel in rappels:
            demande, echeance = demandes[rappel.demande_id], dates.get((rappel.demande_id, rappel.nature))
            if echeance is not None and is_relevant(rappel, demande, echeance):
                effet = describe_effet(rappel, echeance, local)
                facts.append(describe_fait(rappel, demande, effet))
                agents = told.find(demande, is_escalade=effet.is_escalade)
                rows += write_rows(agents, effet.genre, effet.texte, demande, clef=f"rappel:{rappel.pk}", at=at)
        record_many(facts, by=AUTOMATE, at=at)
        write_all(rows)
        Rappel.objects.filter(pk__in=[rappel.pk for rappel in rappels]).update(fait_at=at)
        return len(rappels)


def describe_fait(rappel: Rappel, demande: Demande, effet: Effet) -> Fait:
    """Return the line of the journal that proves the step."""
    is_born = rappel.nature == NatureEcheance.DECISION and rappel.palier == A
    return Fait(
        verbe="demande.decision_implicite" if is_born else "demande.rappel", objet_type="demande",
        objet_id=demande.pk, libelle=demande.numero,
        details={"nature": rappel.nature, "palier": rappel.palier, "effet": effet.sens, "rappel": rappel.pk},
    )  # fmt: skip


def group_by_town(pairs: Iterable[tuple[int, int]], *, lot: int = LOT) -> list[tuple[int, list[int]]]:
    """Return batches of one town each, towns in the order of their first row."""
    towns: dict[int, list[int]] = {}
    for collectivite_id, pk in pairs:
        towns.setdefault(collectivite_id, []).append(pk)
    return [(town, pks[n : n + lot]) for town, pks in towns.items() for n in range(0, len(pks), lot)]
