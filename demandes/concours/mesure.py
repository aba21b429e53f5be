"""What usagers think of our answers, in figures; too few answers are not a measure."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Avg, Count, Q

from collectivites.acces import Acces
from demandes.models import Satisfaction

EFFECTIF_MIN = 11  # below, an average tells of persons, not of a service
COMMENTAIRES_MAX = 30


@dataclass(frozen=True)
class Mesure:
    """`demandees` questions put, `repondues` answered; the rest only when enough answered."""

    demandees: int
    repondues: int
    notees: int
    moyenne: float | None
    regles: int
    non_regles: int

    @property
    def is_suffisante(self) -> bool:
        """True when the average may be told."""
        return self.notees >= EFFECTIF_MIN

    @property
    def taux(self) -> int | None:
        """Answers for a hundred questions, None when none was put."""
        return round(100 * self.repondues / self.demandees) if self.demandees else None

    @property
    def part_reglee(self) -> int | None:
        """Of those who said, how many in a hundred are settled; None when too few said."""
        said = self.regles + self.non_regles
        return round(100 * self.regles / said) if said >= EFFECTIF_MIN else None


def measure(*, depuis: datetime) -> Mesure:
    """Return the figures of the questions put since then (one query)."""
    row = Satisfaction.objects.filter(asked_at__gte=depuis).exclude(canal="").aggregate(
        demandees=Count("pk"), repondues=Count("pk", filter=Q(answered_at__isnull=False)), notees=Count("note"),
        moyenne=Avg("note"), regles=Count("pk", filter=Q(is_regle=True)),
        non_regles=Count("pk", filter=Q(is_regle=False)),
    )  # fmt: skip
    return Mesure(**row)


def list_commentaires(acces: Acces, *, depuis: datetime) -> list[Satisfaction]:
    """Return the last words, about demandes this agent may read (one query)."""
    said = Satisfaction.objects.filter(asked_at__gte=depuis, demande__domaine__in=acces.domaines).exclude(
        Q(commentaire="") | Q(answered_at=None)
    )
    return list(said.select_related("demande__service").order_by("-answered_at", "-pk")[:COMMENTAIRES_MAX])
