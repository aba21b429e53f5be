"""Free slots of one or several motifs: the same reads for all, then one sweep per (resource, place, lieu)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Unpack

from rendezvous.creneaux.grille import list_starts
from rendezvous.creneaux.intervalles import Intervalle, merge, subtract
from rendezvous.creneaux.lecture import Monde, Offre, Ouverture, get_second, read_monde, read_offre
from rendezvous.creneaux.modele import Creneau, Criteres, Limites
from rendezvous.creneaux.seances import list_seances
from rendezvous.heures import get_day
from rendezvous.models import Motif

Groupes = dict[tuple[int, int], list[Ouverture]]  # (resource, lieu) → its blocks


def find_creneaux_de(
    motifs: Sequence[Motif], *, du: date, au: date, at: datetime, **limites: Unpack[Limites]
) -> dict[int, list[Creneau]]:
    """Return {motif id: free slots}, sorted by start, lieu, resource; each motif has a key.

    Five queries at most for individual motifs, three for sessions, whatever their number. A motif that does not take
    that many persons offers nothing. Raises RechercheRefusee for a window that makes no sense.
    """
    criteres = Criteres(du=du, au=au, at=at, **limites)
    criteres.check()
    found: dict[int, list[Creneau]] = {motif.pk: [] for motif in motifs}
    seuls = [motif for motif in motifs if not motif.is_collectif and criteres.personnes <= motif.personnes_max]
    if seuls:
        offre = read_offre([motif.pk for motif in seuls], criteres)
        found |= list_creneaux(seuls, offre, criteres)
    collectifs = [motif for motif in motifs if motif.is_collectif]
    return found | (list_seances(collectifs, criteres) if collectifs else {})


def list_creneaux(motifs: Sequence[Motif], offre: Offre, criteres: Criteres) -> dict[int, list[Creneau]]:
    """Return the free slots of individual motifs, of an offer already read (four queries)."""
    monde = read_monde(offre, criteres)
    return {motif.pk: Balayage(motif, monde, criteres).list_creneaux(offre.par_motif[motif.pk]) for motif in motifs}


class Balayage:
    """The sweep of one motif over what was read. Pure once built: no query."""

    def __init__(self, motif: Motif, monde: Monde, criteres: Criteres) -> None:
        self.motif, self.monde, self.criteres = motif, monde, criteres
        self.duree = motif.get_duree(criteres.personnes) * 60
        self.battement = motif.battement_minutes * 60
        self.now = get_second(criteres.at)
        self.earliest = self.now if criteres.pour_agent else self.now + motif.delai_min_minutes * 60

    def list_creneaux(self, plages: Iterable[int]) -> list[Creneau]:
        """Return the slots these ranges offer, on the grid, one per (start, lieu, resource)."""
        pas = self.duree + self.battement
        places: dict[tuple[int, int, int], int] = {}
        restantes: Counter[tuple[int, int, int]] = Counter()
        for ressource, lieu, place, (start, end) in self.list_libres(plages):
            for debut in list_starts(start, end, duree=self.duree, pas=pas, now=self.now, earliest=self.earliest):
                places.setdefault((debut, lieu, ressource), place)
                restantes[debut, lieu, ressource] += 1
        return [self.build(key, places[key], restantes[key]) for key in sorted(places)]

    def build(self, key: tuple[int, int, int], place: int, restantes: int) -> Creneau:
        """Return the slot of (start, lieu, resource)."""
        debut, lieu, ressource = key
        start, end = datetime.fromtimestamp(debut, UTC), datetime.fromtimestamp(debut + self.duree, UTC)
        return Creneau(start, end, lieu, ressource, place, self.motif.pk, None, restantes)

    def list_libres(self, plages: Iterable[int]) -> Iterator[tuple[int, int, int, Intervalle]]:
        """Yield (resource, lieu, place, free interval): open, and nothing taken. Places in order."""
        for (ressource, lieu), blocs in self._group(plages).items():
            hors = self.list_indisponibles(ressource, lieu)
            for place in range(1, max(bloc.capacite for bloc in blocs) + 1):
                busy = merge([*hors, *self._list_occupes(ressource, place)])
                for free in subtract(join_days(bloc for bloc in blocs if bloc.capacite >= place), busy):
                    yield ressource, lieu, place, free

    def list_indisponibles(self, ressource: int, lieu: int) -> list[Intervalle]:
        """Return when this resource does not receive at this lieu, whatever is booked."""
        every = self.monde.indisponibles
        keys = ((ressource, None), (ressource, lieu), (None, lieu), (None, None))
        return [stretch for key in keys for stretch in every.get(key, ())]

    def _list_occupes(self, ressource: int, place: int) -> Iterator[Intervalle]:
        """What is booked begins earlier by our own buffer: our appointment must be over, buffer included, before it.

        That is how the last slot before a closing hour may leave its buffer outside, and the last one before another
        appointment may not: the exclusion constraint would refuse it.
        """
        for key in ((ressource, place), (ressource, 0)):
            for start, end in self.monde.occupations.get(key, ()):
                yield start - self.battement, end

    def _group(self, plages: Iterable[int]) -> Groupes:
        groups: Groupes = defaultdict(list)
        for plage in plages:
            for bloc in self.monde.ouvertures.get(plage, ()):
                groups[bloc.plage.ressource_id, bloc.plage.lieu.pk].append(bloc)
        if self.criteres.pour_agent:
            return groups
        return {key: self._keep_near(blocs) for key, blocs in groups.items() if self._keep_near(blocs)}

    def _keep_near(self, blocs: list[Ouverture]) -> list[Ouverture]:
        """Keep the local days, in the lieu's zone, that usagers may already book."""
        last = get_day(self.criteres.at, blocs[0].plage.lieu.fuseau) + timedelta(days=self.motif.delai_max_jours)
        return [bloc for bloc in blocs if bloc.jour <= last]


def join_days(blocs: Iterable[Ouverture]) -> list[Intervalle]:
    """Return the union of blocks, local day by local day: a grid never runs over midnight."""
    days: dict[date, list[Intervalle]] = defaultdict(list)
    for bloc in blocs:
        days[bloc.jour].append((bloc.debut, bloc.fin))
    return [stretch for jour in sorted(days) for stretch in merge(days[jour])]
