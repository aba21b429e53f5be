"""Sujets communs: one cause, many demandes; opened, joined, left."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from collectivites.acteur import Acteur
from collectivites.domaines import RESERVES
from demandes.models import Demande, SujetCommun, TypeDemande
from journal.actions import record
from socle.texte import clean, truncate

TITRE_MAX = 160


class SujetRefuse(ValueError):
    """The sujet can't be written, or the demande can't join it; the sentence says why."""


@transaction.atomic
def open_sujet(
    *, titre: str, description: str, type: TypeDemande | None, clef: UUID, by: Acteur, at: datetime  # noqa: A002
) -> SujetCommun:  # fmt: skip
    """Open a sujet. The same `clef` again returns the sujet already there. Raises SujetRefuse."""
    said = truncate(clean(titre), TITRE_MAX)
    if not said:
        raise SujetRefuse("Donnez un titre au sujet\u00a0: «\u00a0Panne d'éclairage rue des Tanneurs\u00a0».")
    fields = {"titre": said, "description": clean(description).strip(), "type": type, "par_id": by.agent_id, "at": at}
    try:
        with transaction.atomic():
            sujet, is_new = SujetCommun.objects.get_or_create(clef=clef, defaults=fields)
    except IntegrityError:  # the same form, sent twice at once
        return SujetCommun.objects.get(clef=clef)
    if is_new:
        _tell(sujet, "sujet.ouvert", by=by, at=at)
    return sujet


def attach(*, sujet: SujetCommun, demande: Demande, by: Acteur, at: datetime) -> Demande:
    """Put a demande under the sujet; there already, nothing changes. Raises SujetRefuse."""
    attach_all(sujet=sujet, demandes=[demande], by=by, at=at)
    return demande


@transaction.atomic
def attach_all(*, sujet: SujetCommun, demandes: Sequence[Demande], by: Acteur, at: datetime) -> list[Demande]:
    """Put them all under the sujet, or none; returns those that were not there yet. Raises SujetRefuse."""
    if sujet.closed_at is not None:
        raise SujetRefuse("Ce sujet commun est clos.")
    for demande in demandes:
        _verify(demande)
    joining = [demande for demande in demandes if demande.sujet_id != sujet.pk]
    _write(joining, sujet.pk)
    for demande in joining:
        _tell_demande(demande, "demande.sujet", by=by, at=at, sujet=sujet.pk, titre=sujet.titre)
    return joining


def _verify(demande: Demande) -> None:
    if demande.domaine in RESERVES:
        raise SujetRefuse(f"{demande.numero} est réservée à son service\u00a0: elle ne rejoint pas un sujet commun.")
    if demande.fusionnee_dans_id is not None:
        raise SujetRefuse(f"{demande.numero} a été fusionnée dans une autre demande.")


def _write(demandes: Sequence[Demande], sujet_id: int | None) -> None:
    """Write whatever the version, and make it grow (one statement)."""
    rows = Demande.objects.filter(pk__in=[demande.pk for demande in demandes])
    rows.update(sujet_id=sujet_id, version=F("version") + 1)
    for demande in demandes:
        demande.sujet_id, demande.version = sujet_id, demande.version + 1


@transaction.atomic
def detach(*, demande: Demande, by: Acteur, at: datetime) -> Demande:
    """Take a demande out of its sujet."""
    if demande.sujet_id is not None:
        _write([demande], None)
        _tell_demande(demande, "demande.hors_sujet", by=by, at=at)
    return demande


def _tell_demande(demande: Demande, verbe: str, *, by: Acteur, at: datetime, **details: object) -> None:
    record(
        verbe=verbe, objet_type="demande", objet_id=demande.pk, libelle=demande.numero, by=by, at=at,
        version=demande.version, **details,
    )  # fmt: skip


@transaction.atomic
def note_answer(*, sujet: SujetCommun, texte: str, by: Acteur, at: datetime) -> None:
    """Remember the answer given to all."""
    SujetCommun.objects.filter(pk=sujet.pk).update(reponse=texte, answered_at=at)
    _tell(sujet, "sujet.repondu", by=by, at=at)


@transaction.atomic
def close_sujet(*, sujet: SujetCommun, by: Acteur, at: datetime) -> bool:
    """Let no demande join any more; False when it was closed already."""
    closed = SujetCommun.objects.filter(pk=sujet.pk, closed_at=None).update(closed_at=at)
    if closed:
        _tell(sujet, "sujet.clos", by=by, at=at)
    return bool(closed)


def _tell(sujet: SujetCommun, verbe: str, *, by: Acteur, at: datetime) -> None:
    record(verbe=verbe, objet_type="sujet", objet_id=sujet.pk, libelle=sujet.titre, by=by, at=at)
