"""The free slots that those who wait are told of, searched once a sweep for each kind of question."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rendezvous.creneaux.modele import JOURS_USAGER, Creneau, RechercheRefusee
from rendezvous.creneaux.recherche import find_creneaux
from rendezvous.heures import get_day
from rendezvous.models import Motif


@dataclass(frozen=True)
class Question:
    """Waits that one search answers together. `lieu_id` None: wherever."""

    motif_id: int
    lieu_id: int | None
    personnes: int
    zone_id: int | None


class Recherche:
    """The window of usagers, by their rules, from the local day of `at` on."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.found: dict[Question, list[Creneau]] = {}

    def find(self, question: Question, motif: Motif, *, fuseau: str) -> list[Creneau]:
        """Return what is free, soonest first; nothing when the motif no longer takes that many."""
        if question not in self.found:
            self.found[question] = self._search(question, motif, get_day(self.at, fuseau))
        return self.found[question]

    def _search(self, question: Question, motif: Motif, today: date) -> list[Creneau]:
        lieux = None if question.lieu_id is None else [question.lieu_id]
        try:
            return find_creneaux(
                motif=motif, du=today, au=today + timedelta(days=JOURS_USAGER - 1), at=self.at,
                personnes=question.personnes, lieux=lieux, zone_id=question.zone_id,
            )  # fmt: skip
        except RechercheRefusee:
            return []
