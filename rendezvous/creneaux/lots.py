"""Free slots of one or several motifs: the same reads for all, then one sweep per (resource, place, lieu)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
Lecteur = Callable[[Sequence[Motif], Offre, Criteres], dict[int, list[Creneau]]]


def find_creneaux_de(
    motifs: Sequence[Motif], *, du: date, au: date, at: datetime, **limites: Unpack[Limites]
) -> dict[int, list[Creneau]]:
    """Return {motif id: free slots}, sorted by start, lieu, resource; each motif has a key.

    Five queries at most for individual motifs, three for sessions, whatever their number. A motif that does not take
    that many persons offers nothing. Raises RechercheRefusee for a window that makes no sense.
    """
    return _search(motifs, Criteres(du=du, au=au, at=at, **limites), list_creneaux)


def find_offres_de(
    motifs: Sequence[Motif], *, du: date, au: date, at: datetime, **limites: Unpack[Limites]
) -> dict[int, list[Creneau]]:
    """Return {motif id: what usagers are shown}: one slot per (start, lieu), of who is the least booked meanwhile.

    Same queries as `find_creneaux_de`, and several times quicker when many agents share the same hours.
    """
    return _search(motifs, Criteres(du=du, au=au, at=at, **limites), list_offres)


def _search(motifs: Sequence[Motif], criteres: Criteres, list_seuls: Lecteur) -> dict[int, list[Creneau]]:
    criteres.check()
    found: dict[int, list[Creneau]] = {motif.pk: [] for motif in motifs}
    seuls = [motif for motif in motifs if not motif.is_collectif and criteres.personnes <= motif.personnes_max]
    if seuls:
        found |= list_seuls(seuls, read_offre([motif.pk for motif in seuls], criteres), criteres)
    collectifs = [motif for motif in motifs if motif.is_collectif]
    return found | (list_seances(collectifs, criteres) if collectifs else {})


def list_creneaux(motifs: Sequence[Motif], offre: Offre, criteres: Criteres) -> dict[int, list[Creneau]]:
    """Return the free slots of individual motifs, of an offer already read (four queries)."""
    monde = read_monde(offre, criteres)
    return {motif.pk: Balayage(motif, monde, criteres).list_creneaux(offre.par_motif[motif.pk]) for motif in motifs}


def list_offres(motifs: Sequence[Motif], offre: Offre, criteres: Criteres) -> dict[int, list[Creneau]]:
    """Return what usagers are shown of them; the load comes from what was read (four queries)."""
    monde = read_monde(offre, criteres)
    charge = count_charge(monde)
    return {
        motif.pk: Balayage(motif, monde, criteres).list_offres(offre.par_motif[motif.pk], charge) for motif in motifs
    }


def count_charge(monde: Monde) -> Counter[int]:
    """Return {resource id: seconds booked} in the window read."""
    charge: Counter[int] = Counter()
    for (ressource, _place), stretches in monde.occupations.items():
        charge[ressource] += sum(end - start for start, end in stretches)
    return charge


Ligne = tuple[int, int, int, int, int]  # start, lieu, resource, lowest free place, free places


class Balayage:
    """The sweep of one motif over what was read. Pure once built: no query."""

    def __init__(self, motif: Motif, monde: Monde, criteres: Criteres) -> None:
        self.motif, self.motif_id, self.monde, self.criteres = motif, motif.pk, monde, criteres
        self.duree = motif.get_duree(criteres.personnes) * 60
        self.battement = motif.battement_minutes * 60
        self.now = get_second(criteres.at)
        self.earliest = self.now if criteres.pour_agent else self.now + motif.delai_min_minutes * 60
        self.instants: dict[int, tuple[datetime, datetime]] = {}  # many agents offer the same hours

    def list_creneaux(self, plages: Iterable[int]) -> list[Creneau]:
        """Return the slots these ranges offer, on the grid, one per (start, lieu, resource), in that order."""
        return [self.build(ligne) for ligne in sorted(self._list_lignes(plages))]

    def list_offres(self, plages: Iterable[int], charge: Mapping[int, int]) -> list[Creneau]:
        """Return one slot per (start, lieu), of the least loaded resource: nothing is built for the others."""
        best: dict[tuple[int, int], tuple[int, int, Ligne]] = {}
        for ligne in self._list_lignes(plages):
            debut, lieu, ressource, _, _ = ligne
            rank, held = (charge.get(ressource, 0), ressource, ligne), best.get((debut, lieu))
            if held is None or rank < held:
                best[debut, lieu] = rank
        return [self.build(ligne) for ligne in sorted(ligne for _, _, ligne in best.values())]

    def build(self, ligne: Ligne) -> Creneau:
        """Return the slot of a line."""
        debut, lieu, ressource, place, restantes = ligne
        if debut not in self.instants:
            fin = debut + self.duree
            self.instants[debut] = datetime.fromtimestamp(debut, UTC), datetime.fromtimestamp(fin, UTC)
        return Creneau(*self.instants[debut], lieu, ressource, place, self.motif_id, None, restantes)

    def _list_lignes(self, plages: Iterable[int]) -> Iterator[Ligne]:
        """Yield the starts on the grid, resource by resource."""
        pas = self.duree + self.battement
        for (ressource, lieu), blocs in self._group(plages).items():
            found: dict[int, tuple[int, int]] = {}
            for place, (start, end) in self._list_libres(ressource, lieu, blocs):
                for debut in list_starts(start, end, duree=self.duree, pas=pas, now=self.now, earliest=self.earliest):
                    lowest, count = found.get(debut, (place, 0))
                    found[debut] = lowest, count + 1
            for debut, (place, restantes) in found.items():
                yield debut, lieu, ressource, place, restantes

    def list_libres(self, plages: Iterable[int]) -> Iterator[tuple[int, int, int, Intervalle]]:
        """Yield (resource, lieu, place, free interval): open, and nothing taken. Places in order."""
        for (ressource, lieu), blocs in self._group(plages).items():
            for place, free in self._list_libres(ressource, lieu, blocs):
                yield ressource, lieu, place, free

    def _list_libres(self, ressource: int, lieu: int, blocs: list[Ouverture]) -> Iterator[tuple[int, Intervalle]]:
        hors = self.list_indisponibles(ressource, lieu)
        for place in range(1, max(bloc.capacite for bloc in blocs) + 1):
            busy = merge([*hors, *self._list_occupes(ressource, place)])
            for free in subtract(join_days(bloc for bloc in blocs if bloc.capacite >= place), busy):
                yield place, free

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
            taken = self.monde.occupations.get(key, ())
            yield from ((start - self.battement, end) for start, end in taken) if self.battement else taken

    def _group(self, plages: Iterable[int]) -> Groupes:
        groups: Groupes = defaultdict(list)
        for plage in plages:
            for bloc in self.monde.ouvertures.get(plage, ()):
                groups[bloc.plage.ressource_id, bloc.plage.lieu.pk].append(bloc)
        if self.criteres.pour_agent:
            return groups
        near = {key: self._keep_near(blocs) for key, blocs in groups.items()}
        return {key: blocs for key, blocs in near.items() if blocs}

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
