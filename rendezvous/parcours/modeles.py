"""Writing the bundles a town proposes, and the minutes between its lieux."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from collectivites.acteur import Acteur
from journal.actions import record
from rendezvous.models import EtapeParcours, ModeleParcours, Motif, Trajet
from rendezvous.offre.refus import OffreRefusee, VersionPerimee


@transaction.atomic
def save_modele(
    *, modele: ModeleParcours, motifs: Sequence[Motif], version: int = 0, by: Acteur, at: datetime
) -> ModeleParcours:
    """Create a bundle and its stops, in order, or change the one read at `version`. Visits booked keep their own.

    Raises VersionPerimee, OffreRefusee for a name just taken.
    """
    verbe = "parcours.modifie" if modele.pk else "parcours.cree"
    modele.version = _lock(modele.pk, version).version + 1 if modele.pk else 1
    try:
        with transaction.atomic():
            modele.save()
    except IntegrityError as error:
        if "modele_parcours_unique" not in str(error):
            raise
        raise OffreRefusee("Un parcours porte déjà ce nom\u00a0: choisissez-en un autre.") from error
    EtapeParcours.objects.filter(modele=modele).delete()
    EtapeParcours.objects.bulk_create(
        EtapeParcours(modele=modele, motif=motif, rang=rang) for rang, motif in enumerate(motifs, start=1)
    )
    record(
        verbe=verbe, objet_type="modele_parcours", objet_id=modele.pk, libelle=modele.libelle, by=by, at=at,
        etapes=[motif.pk for motif in motifs],
    )  # fmt: skip
    return modele


def _lock(pk: int, version: int) -> ModeleParcours:
    locked = ModeleParcours.objects.select_for_update().filter(pk=pk).first()
    if locked is None or locked.version != version:
        raise VersionPerimee("Ce parcours")
    return locked


@transaction.atomic
def save_trajets(*, minutes: Mapping[tuple[int, int], int | None], by: Acteur, at: datetime) -> None:
    """Write the minutes by pair of lieux (smaller id first); None takes the pair back to the town's usual value."""
    known = {(each.de_id, each.vers_id): each for each in Trajet.objects.select_for_update().order_by("pk")}
    for (de, vers), value in minutes.items():
        row = known.get((de, vers))
        if value == (row.minutes if row else None):
            continue
        if value is None:
            known[de, vers].delete()
        else:
            Trajet.objects.update_or_create(de_id=de, vers_id=vers, defaults={"minutes": value})
        record(
            verbe="trajet.modifie", objet_type="lieu", objet_id=de, by=by, at=at, vers=vers, minutes=value,
        )  # fmt: skip
