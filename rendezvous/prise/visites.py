"""Visits as an agent reads them: each stop, its hour, the walk and the wait before it; the value that books one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from collectivites.models import Lieu
from rendezvous.agenda.blocs import write_local
from rendezvous.creneaux.modele import Creneau
from rendezvous.models import Motif
from rendezvous.parcours.combinaisons import Combinaison
from rendezvous.parcours.recherche import Etape, read_trajets
from rendezvous.prise.libres import read_valeur, write_valeur
from socle.nombres import read_nombre

VISITES_MAX = 6


@dataclass(frozen=True)
class Arret:
    """A stop. `trajet`, `attente`: minutes walked, then waited, before it."""

    motif: Motif
    debut: datetime
    fin: datetime
    lieu: Lieu
    trajet: int
    attente: int


@dataclass(frozen=True)
class Proposition:
    """A visit to click."""

    valeur: str
    arrets: list[Arret]
    duree: timedelta

    @property
    def debut(self) -> datetime:
        """When it begins, on the clock of the first lieu."""
        return self.arrets[0].debut


def show_visites(found: Sequence[Combinaison], etapes: Sequence[Etape]) -> list[Proposition]:
    """Return visits with their words (three queries)."""
    lieux, go = Lieu.objects.in_bulk(), read_trajets()
    shown = []
    for each in found:
        stops: list[Arret] = []
        before: Creneau | None = None
        for rang, slot in each.list_etapes():
            lieu = lieux[slot.lieu_id]
            walk = go(before.lieu_id, slot.lieu_id) if before else timedelta()
            wait = slot.debut_at - before.fin_at - walk if before else timedelta()
            stops.append(
                Arret(
                    etapes[rang].motif, write_local(slot.debut_at, lieu.fuseau), write_local(slot.fin_at, lieu.fuseau),
                    lieu, _minutes(walk), _minutes(wait),
                )
            )  # fmt: skip
            before = slot
        shown.append(Proposition(write_visite(each), stops, each.duree))
    return shown


def _minutes(length: timedelta) -> int:
    return max(0, int(length.total_seconds()) // 60)


def write_visite(visite: Combinaison) -> str:
    """Return « stop:start-lieu-resource-session », one a stop, in the order they are lived."""
    return ";".join(f"{rang}:{write_valeur(slot, slot.ressource_id)}" for rang, slot in visite.list_etapes())


def read_visite(text: str, etapes: Sequence[Etape]) -> Combinaison | None:
    """Read a button; None for what no page of ours wrote for these stops. Booking checks everything again."""
    slots: list[Creneau] = []
    rangs: list[int] = []
    for part in text.split(";"):
        first, _, value = part.partition(":")
        rang = read_nombre(first, maximum=len(etapes) - 1) if etapes else None
        slot = read_valeur(value, etapes[rang].motif, etapes[rang].personnes) if rang is not None else None
        if rang is None or slot is None:
            return None
        slots.append(slot)
        rangs.append(rang)
    return Combinaison(tuple(slots), tuple(rangs)) if sorted(rangs) == list(range(len(etapes))) else None
