"""What to propose to who lost a slot: the nearest ones in time."""

from datetime import datetime, timedelta
from typing import Unpack

from rendezvous.creneaux.modele import Creneau, Limites
from rendezvous.creneaux.recherche import find_offre
from rendezvous.models import Motif

ECARTS = ((1, 3), (15, 40))  # days before and after: close first, then as far as a page shows


def find_alternatives(
    *, motif: Motif, lieu_id: int, debut_at: datetime, at: datetime, nombre: int = 3, **limites: Unpack[Limites]
) -> list[Creneau]:
    """Return at most `nombre` free slots nearest to `debut_at`, in order of time: at the same lieu if it has enough.

    Other lieux are asked when the wide window of this one does not hold enough. Raises RechercheRefusee.
    """
    found: list[Creneau] = []
    for lieux, (before, after) in (([lieu_id], ECARTS[0]), ([lieu_id], ECARTS[1]), (None, ECARTS[1])):
        limites["lieux"] = lieux
        day = debut_at.date()
        found = find_offre(
            motif=motif, du=day - timedelta(days=before), au=day + timedelta(days=after), at=at, **limites
        )
        if len(found) >= nombre:
            break
    nearest = sorted(found, key=lambda each: (abs(each.debut_at - debut_at), each.lieu_id != lieu_id, each.debut_at))
    return sorted(nearest[:nombre], key=lambda each: (each.debut_at, each.lieu_id))
