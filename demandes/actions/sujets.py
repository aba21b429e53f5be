"""Sujets communs: one cause, many demandes; opened, joined, left."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from collectivites.acteur import Acteur
from collectivites.domaines import RESERVES
from demandes.models import Demande, SujetCommun, TypeDemande
from demandes.versions import touch
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


@transaction.atomic
def attach(*, sujet: SujetCommun, demande: Demande, by: Acteur, at: datetime) -> Demande:
    """Put a demande under the sujet; there already, nothing changes. Raises SujetRefuse."""
    if sujet.closed_at is not None:
        raise SujetRefuse("Ce sujet commun est clos.")
    if demande.domaine in RESERVES:
        raise SujetRefuse(f"{demande.numero} est réservée à son service\u00a0: elle ne rejoint pas un sujet commun.")
    if demande.fusionnee_dans_id is not None:
        raise SujetRefuse(f"{demande.numero} a été fusionnée dans une autre demande.")
    if demande.sujet_id == sujet.pk:
        return demande
    fresh = touch(demande.pk, sujet_id=sujet.pk)
    record(
        verbe="demande.sujet", objet_type="demande", objet_id=fresh.pk, libelle=fresh.numero, by=by, at=at,
        version=fresh.version, sujet=sujet.pk, titre=sujet.titre,
    )  # fmt: skip
    return fresh


@transaction.atomic
def detach(*, demande: Demande, by: Acteur, at: datetime) -> Demande:
    """Take a demande out of its sujet."""
    if demande.sujet_id is None:
        return demande
    fresh = touch(demande.pk, sujet_id=None)
    record(
        verbe="demande.hors_sujet", objet_type="demande", objet_id=fresh.pk, libelle=fresh.numero, by=by, at=at,
        version=fresh.version,
    )  # fmt: skip
    return fresh


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
