"""The visits that several services can offer together, read from the same free slots as a single appointment."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from collectivites.models import Lieu
from collectivites.reglages import get_reglage
from rendezvous.creneaux.lots import find_creneaux_de
from rendezvous.creneaux.modele import Creneau
from rendezvous.heures import get_day
from rendezvous.models import Motif, Trajet
from rendezvous.parcours.combinaisons import Combinaison, Trajets, combine


@dataclass(frozen=True)
class Etape:
    """One stop: a motif, for that many persons (or files)."""

    motif: Motif
    personnes: int = 1

    @property
    def occupe(self) -> timedelta:
        """How long the resource is taken, buffer included."""
        return timedelta(minutes=self.motif.get_duree(self.personnes) + self.motif.battement_minutes)


def find_visites(  # noqa: PLR0913 what a visit depends on
    *,
    etapes: Sequence[Etape],
    is_ordonne: bool,
    du: date,
    au: date,
    at: datetime,
    lieux: Collection[int] | None = None,
    zone_id: int | None = None,
    pour_agent: bool = False,
    nombre: int = 6,
) -> list[Combinaison]:
    """Return the best visits of those local days, the soonest first. Raises EtapesTropNombreuses, RechercheRefusee.

    Queries: those of one search for each number of persons asked, and three.
    """
    offres = _read_offres(etapes, du=du, au=au, at=at, lieux=lieux, zone_id=zone_id, pour_agent=pour_agent)
    fuseaux = dict(Lieu.objects.values_list("pk", "fuseau"))

    def find_day(creneau: Creneau) -> date:
        return get_day(creneau.debut_at, fuseaux[creneau.lieu_id])

    def find_occupe(rang: int, creneau: Creneau) -> timedelta:
        return etapes[rang].occupe

    return combine(
        offres, is_ordonne=is_ordonne, trajet=read_trajets(), jour=find_day, occupe=find_occupe, nombre=nombre
    )


def _read_offres(
    etapes: Sequence[Etape],
    *,
    du: date,
    au: date,
    at: datetime,
    lieux: Collection[int] | None,
    zone_id: int | None,
    pour_agent: bool,
) -> list[list[Creneau]]:
    """Return the slots of each stop; stops for the same number of persons are read together."""
    groups: dict[int, list[Motif]] = defaultdict(list)
    for etape in etapes:
        if etape.motif not in groups[etape.personnes]:
            groups[etape.personnes].append(etape.motif)
    found = {
        personnes: find_creneaux_de(
            motifs, du=du, au=au, at=at, personnes=personnes, lieux=lieux, zone_id=zone_id, pour_agent=pour_agent
        )
        for personnes, motifs in groups.items()
    }
    return [found[etape.personnes][etape.motif.pk] for etape in etapes]


def read_trajets() -> Trajets:
    """Return the way between two lieux of the active town (two queries): nothing within one, a usual value unknown."""
    usual = timedelta(minutes=get_reglage("rendezvous.trajet_minutes"))
    rows = Trajet.objects.values_list("de_id", "vers_id", "minutes")
    known = {(de, vers): timedelta(minutes=minutes) for de, vers, minutes in rows}

    def go(de: int, vers: int) -> timedelta:
        return timedelta() if de == vers else known.get((min(de, vers), max(de, vers)), usual)

    return go
