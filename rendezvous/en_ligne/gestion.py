"""What may still be done with an appointment by the link of its usager."""

from datetime import datetime, timedelta

from rendezvous.etats import Etat
from rendezvous.models import Occupation, OccurrencePlage, PlageZone, RendezVous


def find_last_moment(rendezvous: RendezVous, minutes: int) -> datetime:
    """Return until when a gesture allowed `minutes` before the start may be made."""
    return rendezvous.debut_at - timedelta(minutes=minutes)


def is_open_to(rendezvous: RendezVous, minutes: int, *, at: datetime) -> bool:
    """True while the usager may do it alone: confirmed, not begun, and before the limit of the motif."""
    return (
        rendezvous.etat == Etat.CONFIRME and at < rendezvous.debut_at and at <= find_last_moment(rendezvous, minutes)
    )


def is_deplacable(rendezvous: RendezVous, *, at: datetime) -> bool:
    """True while the usager may move it alone; a stop of a parcours would break the others."""
    minutes = rendezvous.motif.deplacable_minutes
    return rendezvous.parcours_id is None and is_open_to(rendezvous, minutes, at=at)


def find_zone_id(rendezvous: RendezVous) -> int | None:
    """Return the district of an appointment that goes by address: the one of the range it stands in.

    Two queries; none for other motifs.
    """
    if not rendezvous.motif.is_sectorise:
        return None
    held = Occupation.objects.filter(rendezvous=rendezvous, is_actif=True).values("ressource_id")
    ranges = OccurrencePlage.objects.filter(
        ressource__in=held, lieu_id=rendezvous.lieu_id, debut_at__lte=rendezvous.debut_at,
        fin_at__gt=rendezvous.debut_at, plage__liens_motifs__motif_id=rendezvous.motif_id,
    )  # fmt: skip
    zones = PlageZone.objects.filter(plage__in=ranges.values("plage_id")).order_by("zone_id")
    return zones.values_list("zone_id", flat=True).first()
