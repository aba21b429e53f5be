"""Writes of motifs. Archived, never deleted: the appointments keep theirs."""

from datetime import datetime

from django.db import IntegrityError, transaction

from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from journal.actions import record
from rendezvous.models import Motif, RendezVous
from rendezvous.offre.refus import OffreRefusee, VersionPerimee
from rendezvous.offre.verifications import check_motif
from rendezvous.scelles import follow_motif
from socle.direct import publish_on_commit


@transaction.atomic
def save_motif(*, motif: Motif, version: int | None, by: Acteur, at: datetime) -> Motif:
    """Create or change a motif; its kind is frozen once it has appointments. Raises OffreRefusee, VersionPerimee.

    `avertissements.tell_motif_sans_place` says afterwards whether it became longer than its ranges.
    """
    avant = _lock(motif.pk, version) if motif.pk else None
    check_motif(motif, avant=avant)
    motif.version = avant.version + 1 if avant else 1
    try:
        with transaction.atomic():
            motif.save()
    except IntegrityError as error:
        if "motif_nom_unique" not in str(error):
            raise
        raise OffreRefusee(
            f"Un motif «\u00a0{motif.libelle}\u00a0» de même forme existe déjà dans ce service\u00a0: changez le nom."
        ) from error
    if avant and avant.service_id != motif.service_id:
        follow_motif(motif, by, at)
    _tell("offre.motif_modifie" if avant else "offre.motif_cree", motif, by=by, at=at)
    return motif


@transaction.atomic
def retire_motif(*, motif: Motif, version: int, by: Acteur, at: datetime) -> list[RendezVous]:
    """Archive a motif: nobody books it. Returns its appointments to come, which stay. Raises VersionPerimee."""
    locked = _lock(motif.pk, version)
    locked.is_active, locked.version = False, locked.version + 1
    locked.save(update_fields=["is_active", "version"])
    _tell("offre.motif_retire", locked, by=by, at=at)
    coming = RendezVous.objects.live().filter(motif=locked, debut_at__gte=at)
    return list(coming.for_list().order_by("debut_at", "pk"))


def list_trop_nombreux(motif: Motif, *, at: datetime) -> list[RendezVous]:
    """Return the appointments to come for more persons than the motif takes now; they stay (one query).

    Seats of a session are its own: changing those of the motif takes none away.
    """
    if motif.is_collectif:
        return []
    coming = RendezVous.objects.live().filter(motif=motif, debut_at__gte=at, personnes__gt=motif.personnes_max)
    return list(coming.for_list().order_by("debut_at", "pk"))


def _lock(pk: int, version: int | None) -> Motif:
    locked = Motif.objects.select_for_update(no_key=True, of=("self",)).filter(pk=pk).first()
    if locked is None or locked.version != version:
        raise VersionPerimee("Ce motif")
    return locked


def _tell(verbe: str, motif: Motif, *, by: Acteur, at: datetime) -> None:
    record(
        verbe=verbe, objet_type="motif", objet_id=motif.pk, libelle=motif.libelle, by=by, at=at,
        version=motif.version,
    )  # fmt: skip
    publish_on_commit(collectivite_id=get_active_id(), sujet="rendezvous")
