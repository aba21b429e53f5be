"""The visits that several services can offer together, read from the same free slots as a single appointment."""

from dataclasses import dataclass
from datetime import timedelta

from collectivites.reglages import get_reglage
from rendezvous.models import Motif, Trajet
from rendezvous.parcours.combinaisons import Trajets


@dataclass(frozen=True)
class Etape:
    """One stop: a motif, for that many persons (or files)."""

    motif: Motif
    personnes: int = 1

    @property
    def occupe(self) -> timedelta:
        """How long the resource is taken, buffer included."""
        return timedelta(minutes=self.motif.get_duree(self.personnes) + self.motif.battement_minutes)


def read_trajets() -> Trajets:
    """Return the way between two lieux of the active town (two queries): nothing within one, a usual value unknown."""
    usual = timedelta(minutes=get_reglage("rendezvous.trajet_minutes"))
    known = {
        (de, vers): timedelta(minutes=m) for de, vers, m in Trajet.objects.values_list("de_id", "vers_id", "minutes")
    }

    def go(de: int, vers: int) -> timedelta:
        return timedelta() if de == vers else known.get((min(de, vers), max(de, vers)), usual)

    return go
