"""How many wait for a slot without an appointment, and what became of those who did. Counts only, no address."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from collectivites.acces import Acces
from rendezvous.agenda.statistiques import Periode, share
from rendezvous.models import InscriptionAttente

Fin = InscriptionAttente.Fin


@dataclass(frozen=True)
class Attentes:
    """`en_cours`: now. The others began in the period: how many, told of a slot at least once, took one."""

    en_cours: int
    commencees: int
    prevenues: int
    servies: int

    @property
    def part_servies(self) -> int | None:
        """Percent of those who got a slot."""
        return share(self.servies, self.commencees)


def load_attentes(periode: Periode, acces: Acces, *, debut_at: datetime, fin_at: datetime) -> Attentes:
    """Count the waits that the agent may know of (one query). The one asked again is counted once."""
    rows = InscriptionAttente.objects.filter(prouve_at__isnull=False, motif__service__domaine__in=acces.domaines)
    if periode.service_id:
        rows = rows.filter(motif__service_id=periode.service_id)
    if periode.lieu_id:
        rows = rows.filter(lieu_id=periode.lieu_id)
    begun = Q(depuis_at__gte=debut_at, depuis_at__lt=fin_at) & ~Q(fin=Fin.REMPLACEE)
    counts = rows.filter(begun | Q(ended_at=None)).aggregate(
        en_cours=Count("pk", filter=Q(ended_at=None)), commencees=Count("pk", filter=begun),
        prevenues=Count("pk", filter=begun & Q(envois__gt=0)), servies=Count("pk", filter=begun & Q(fin=Fin.PRIS)),
    )  # fmt: skip
    return Attentes(**counts)
