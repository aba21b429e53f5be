"""Writing the bundles a town proposes, and the minutes between its lieux."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from collectivites.acteur import Acteur
from journal.actions import record
from rendezvous.models import EtapeParcours, ModeleParcours, Motif, Trajet


@transaction.atomic
def save_modele(*, modele: ModeleParcours, motifs: Sequence[Motif], by: Acteur, at: datetime) -> ModeleParcours:
    """Create or change a bundle and its stops, in order. Visits already booked keep their own."""  # fmt: skip
    verbe = "parcours.modifie" if modele.pk else "parcours.cree"
    modele.save()
    EtapeParcours.objects.filter(modele=modele).delete()
    EtapeParcours.objects.bulk_create(
        EtapeParcours(modele=modele, motif=motif, rang=rang) for rang, motif in enumerate(motifs, start=1)
    )
    record(
        verbe=verbe, objet_type="modele_parcours", objet_id=modele.pk, libelle=modele.libelle, by=by, at=at,
        etapes=[motif.pk for motif in motifs],
    )  # fmt: skip
    return modele


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
