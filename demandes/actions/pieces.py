"""Files of a demande: uploads that wait under the key of their form, then belong to a message."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, QuerySet

from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from demandes.analyse import nudge_on_commit
from demandes.fichiers import Gardee, keep_file
from demandes.models import Message, PieceDeposee, PieceJointe
from socle.fichiers.refus import EnsembleTropLourd, FichiersTropNombreux


@transaction.atomic
def keep_upload(*, clef: UUID, flux: BinaryIO, nom: str, by: Acteur, at: datetime, exigence: str = "") -> PieceDeposee:
    """Keep an uploaded file under the key of its form, until the form is sent. The same content twice is kept once.

    `exigence`: code of the document it answers. Raises FichierRefuse (a French sentence for whoever sent it).
    """
    _hold(clef)
    waiting = list_uploads(clef=clef, by=by)
    if len(waiting) >= settings.FICHIERS_MAX:
        raise FichiersTropNombreux(settings.FICHIERS_MAX)
    kept = keep_file(flux, nom=nom, collectivite_id=get_active_id(), at=at)
    twin = next(
        (each for each in waiting if (each.empreinte, each.exigence) == (kept.depose.empreinte, exigence)), None
    )
    if twin is not None:
        return twin
    if sum(each.octets for each in waiting) + kept.depose.octets > settings.MESSAGE_MAX:
        raise EnsembleTropLourd(settings.MESSAGE_MAX)
    return _write_draft(kept, clef=clef, by=by, at=at, exigence=exigence)


def _write_draft(kept: Gardee, *, clef: UUID, by: Acteur, at: datetime, exigence: str) -> PieceDeposee:
    last = PieceDeposee.objects.filter(clef=clef).aggregate(rang=Max("rang"))["rang"] or 0
    return PieceDeposee.objects.create(
        clef=clef, rang=last + 1, nom=kept.nom, type_mime=kept.type_mime, octets=kept.depose.octets,
        empreinte=kept.depose.empreinte, fichier=kept.depose.chemin, exigence=exigence, agent_id=by.agent_id, at=at,
    )  # fmt: skip


def _hold(clef: UUID) -> None:
    """Let one request at a time write under a form's key: the same form sent twice at once keeps its files once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"depot:{clef}"])


def list_uploads(*, clef: UUID, by: Acteur) -> list[PieceDeposee]:
    """Return what waits under a form's key, in order; only what the same person put there."""
    return list(_own(clef, by).order_by("rang"))


def drop_uploads(*, clef: UUID, pks: Iterable[int], by: Acteur) -> None:
    """Forget uploads that the form no longer wants. The bytes stay in the store until it is purged."""
    _own(clef, by).filter(pk__in=list(pks)).delete()


def _own(clef: UUID, by: Acteur) -> "QuerySet[PieceDeposee]":
    """What is under this key, of this agent, or of nobody for a public page: a forged key takes nothing of others."""
    waiting = PieceDeposee.objects.filter(clef=clef)
    return waiting.filter(agent=None) if by.agent_id is None else waiting.filter(agent_id=by.agent_id)


@transaction.atomic
def attach_uploads(*, message: Message, pieces: Sequence[PieceDeposee]) -> list[PieceJointe]:
    """Give a message the uploads of its form, which cease to wait; the antivirus, if any, reads them then."""
    if not pieces:
        return []
    done = PieceJointe.objects.bulk_create(
        PieceJointe(
            message=message, nom=each.nom, type_mime=each.type_mime, octets=each.octets, empreinte=each.empreinte,
            fichier=each.fichier, exigence=each.exigence,
        )
        for each in pieces
    )  # fmt: skip
    PieceDeposee.objects.filter(pk__in=[each.pk for each in pieces]).delete()
    nudge_on_commit(done)
    return done


@transaction.atomic
def attach_files(*, message: Message, gardees: Iterable[Gardee], at: datetime) -> list[PieceJointe]:
    """Give a message files that came with it (mail, scan). « Bloquée » is final; the rest is to be analysed."""
    done = PieceJointe.objects.bulk_create(
        PieceJointe(
            message=message, nom=each.nom, type_mime=each.type_mime, octets=each.depose.octets,
            empreinte=each.depose.empreinte, fichier=each.depose.chemin, analyse=each.analyse, raison=each.raison,
            analysed_at=at if each.is_bloquee else None,
        )
        for each in gardees
    )  # fmt: skip
    nudge_on_commit(each for each in done if each.analysed_at is None)
    return done
