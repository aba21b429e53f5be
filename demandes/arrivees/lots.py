"""A batch of scans, from its upload to its letters: stored raw at once, cut by a worker, whole or not at all."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import BinaryIO
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active, get_active_id
from collectivites.models import Collectivite
from demandes.arrivees.chrono import draw_chrono
from demandes.arrivees.decoupe import Courrier, LotIllisible, split_lot
from demandes.models import CourrierArrivee, Entree, LotNumerisation
from journal.actions import record
from socle.depot import Depose, FichierAbsent, read_file, store_bytes, store_stream
from socle.fichiers import inspect_file
from socle.fichiers.types import JPEG, PDF, PNG, TIFF
from socle.ouvriers import ask_worker

DECOUPER = "demandes.tasks.split_lot"
BAIL = timedelta(seconds=90)  # renewed as pages are read
ESSAIS_MAX = 3
ACCEPTES = (PDF, TIFF, JPEG, PNG)
logger = logging.getLogger(__name__)


class LotRefuse(ValueError):
    """The file is not a batch of scans."""


def deposit_lot(*, flux: BinaryIO, nom: str, clef: UUID, agent_id: int, by: Acteur, at: datetime) -> LotNumerisation:
    """Keep an uploaded batch and have it cut. The same `clef` again gives the batch already there.

    Raises LotRefuse, FichierRefuse: each says why.
    """
    found = inspect_file(flux, nom=nom, maximum=settings.LOT_MAX)
    if found.type not in ACCEPTES:
        raise LotRefuse(f"«\u00a0{found.nom}\u00a0» n'est pas une numérisation\u00a0: déposez un PDF ou un TIFF.")
    depose = store_stream(flux, collectivite_id=get_active_id(), at=at)
    try:
        with transaction.atomic():
            lot = LotNumerisation.objects.create(
                nom=found.nom, fichier=depose.chemin, empreinte=depose.empreinte, octets=depose.octets,
                agent_id=agent_id, clef=clef, at=at,
            )  # fmt: skip
    except IntegrityError:
        return LotNumerisation.objects.get(clef=clef)
    record(verbe="lot.depose", objet_type="lot", objet_id=lot.pk, by=by, at=at)
    transaction.on_commit(partial(ask_worker, DECOUPER, get_active_id(), lot.pk), robust=True)
    return lot


def process_lot(*, collectivite_id: int, lot_id: int, at: datetime) -> int | None:
    """Cut one batch and register its letters, exactly once; return how many. None when it is done or in other hands.

    Killed at any moment, a worker leaves a batch still to cut and a lease that ends.
    """
    lot = _claim(collectivite_id, lot_id, at)
    if lot is None:
        return None
    try:
        letters = split_lot(
            read_file(lot.fichier), nom=lot.nom, progress=partial(_tell_progress, collectivite_id, lot)
        )
    except (LotIllisible, FichierAbsent) as error:
        return _fail(collectivite_id, lot, str(error))
    except Exception as error:
        logger.exception("decoupe_impossible", extra={"lot": lot_id, "essai": lot.essais})
        if lot.essais < ESSAIS_MAX:
            return None  # the lease ends, the sweeper asks again
        return _fail(collectivite_id, lot, f"Le découpage a échoué {lot.essais} fois ({type(error).__name__}).")
    kept = [store_bytes(letter.pdf, collectivite_id=collectivite_id, at=at) for letter in letters]
    with collectivite_active(collectivite_id):
        return _register(lot, list(zip(letters, kept, strict=True)), at)


def _claim(collectivite_id: int, lot_id: int, at: datetime) -> LotNumerisation | None:
    free = LotNumerisation.objects.filter(pk=lot_id, etat=LotNumerisation.Etat.RECU)
    with collectivite_active(collectivite_id):
        held = free.exclude(bail_at__gt=at).update(bail_at=at + BAIL, essais=F("essais") + 1)
        return LotNumerisation.objects.get(pk=lot_id) if held else None


def _tell_progress(collectivite_id: int, lot: LotNumerisation, done: int, total: int) -> None:
    """Every ten pages: the figure on screen, and the lease pushed on by what has been read."""
    if done % 10 and done != total:
        return
    with collectivite_active(collectivite_id):
        mine = LotNumerisation.objects.filter(pk=lot.pk, essais=lot.essais)
        mine.update(pages=total, pages_faites=done, bail_at=F("bail_at") + timedelta(seconds=10))


def _fail(collectivite_id: int, lot: LotNumerisation, why: str) -> int | None:
    with collectivite_active(collectivite_id):
        mine = LotNumerisation.objects.filter(pk=lot.pk, etat=LotNumerisation.Etat.RECU, essais=lot.essais)
        mine.update(etat=LotNumerisation.Etat.ERREUR, erreur=why[:300], bail_at=None)
    return None


def _register(lot: LotNumerisation, letters: Sequence[tuple[Courrier, Depose]], at: datetime) -> int | None:
    """Write every letter and close the batch in one transaction, if the lease is still ours."""
    mine = LotNumerisation.objects.filter(pk=lot.pk, etat=LotNumerisation.Etat.RECU, essais=lot.essais)
    if not mine.update(etat=LotNumerisation.Etat.DECOUPE, bail_at=None, pages_faites=F("pages")):
        return None
    town = Collectivite.objects.get(pk=get_active_id())
    for rang, (letter, depose) in enumerate(letters, 1):
        entree = Entree.objects.create(
            canal=Entree.Canal.COURRIER, externe_id=f"lot:{lot.pk}:{rang}", empreinte=depose.empreinte,
            brut=depose.chemin, octets=depose.octets, etat=Entree.Etat.TRAITEE, received_at=lot.at, processed_at=at,
        )  # fmt: skip
        CourrierArrivee.objects.create(
            chrono=draw_chrono(town, at=lot.at), entree=entree, lot=lot, rang=rang, pages=letter.pages,
            date_arrivee=lot.at.astimezone(ZoneInfo(town.fuseau)).date(), agent_id=lot.agent_id, created_at=at,
        )  # fmt: skip
    return len(letters)
