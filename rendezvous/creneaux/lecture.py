"""What a search reads: five queries whatever the number of agents, motifs and days, no model instance built.

Public holidays, closures and absences are read live, so that they take effect at once: see docs/adr/0020. Instants
come as whole seconds since 1970. Indexes need the bounds on `debut_at`; local days alone decide.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Exists, F, Func, IntegerField, OuterRef, Q, Value

from collectivites.cloison import get_active_id
from collectivites.feries import compute_feries
from collectivites.models import Fermeture, Rattachement
from demandes.models import Absence
from rendezvous.creneaux.intervalles import Intervalle
from rendezvous.creneaux.modele import Criteres
from rendezvous.models import Occupation, OccurrenceIndisponible, OccurrencePlage, PlageMotif, PlageZone

LONGUEUR_MAX = timedelta(days=2)  # no appointment nor session lasts longer: an occupation that began before is over


class Epoque(Func):
    """An instant as whole seconds since 1970."""

    template = "date_part('epoch', %(expressions)s)::bigint"  # EXTRACT gives a numeric: dearer
    output_field = BigIntegerField()

    def get_db_converters(self, connection: Any) -> list[Any]:
        """None: Django would pass fifty thousand ints through int() again."""
        return []


@dataclass(frozen=True, slots=True)
class LieuLu:
    """A lieu as far as days go."""

    pk: int
    fuseau: str
    zone_feries: str
    feries_ouverts: frozenset[str]

    def is_ferie(self, day: date) -> bool:
        """True on a public holiday that this lieu does not work."""
        name = compute_feries(day.year, self.zone_feries).get(day)
        return name is not None and name not in self.feries_ouverts


@dataclass(frozen=True, slots=True)
class PlageLue:
    """A range that is in service: who receives, where."""

    pk: int
    ressource_id: int
    agent_id: int | None
    lieu: LieuLu


@dataclass(frozen=True, slots=True)
class Ouverture:
    """One block of a range on a local day when it really opens."""

    jour: date
    debut: int
    fin: int
    capacite: int
    plage: PlageLue


@dataclass
class Offre:
    """What may be booked at all: ranges in service, and for each motif the ranges that offer it."""

    plages: dict[int, PlageLue] = field(default_factory=dict)
    par_motif: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))


@dataclass
class Monde:
    """All a sweep needs. `occupations`: (ressource, place) → intervals, place 0 for all its places.

    `indisponibles`: (ressource, lieu) → intervals, None for any.
    """

    ouvertures: dict[int, list[Ouverture]] = field(default_factory=lambda: defaultdict(list))
    occupations: dict[tuple[int, int], list[Intervalle]] = field(default_factory=lambda: defaultdict(list))
    indisponibles: dict[tuple[int | None, int | None], list[Intervalle]] = field(
        default_factory=lambda: defaultdict(list)
    )


def read_offre(motifs: Collection[int], criteres: Criteres) -> Offre:
    """Read the ranges of these motifs that are in service, with their lieu (one query)."""
    rows = _list_liens(motifs, criteres).values_list(
        "motif_id", "plage_id", "plage__ressource_id", "plage__ressource__agent_id", "plage__lieu_id",
        "plage__lieu__fuseau", "plage__lieu__zone_feries", "collectivite__zone_feries", "plage__lieu__feries_ouverts",
    )  # fmt: skip
    offre, lieux = Offre(), dict[int, LieuLu]()
    for motif, plage, ressource, agent, lieu, fuseau, zone, zone_ville, ouverts in rows:
        if lieu not in lieux:
            lieux[lieu] = LieuLu(lieu, fuseau, zone or zone_ville, frozenset(ouverts))
        if plage not in offre.plages:
            offre.plages[plage] = PlageLue(plage, ressource, agent, lieux[lieu])
        offre.par_motif[motif].append(plage)
    return offre


def _list_liens(motifs: Collection[int], criteres: Criteres) -> Any:
    """A motif, range, resource, counter, lieu or service put aside offers nothing; nor does an agent who left."""
    still_here = Rattachement.objects.filter(
        collectivite_id=get_active_id(), agent_id=OuterRef("plage__ressource__agent_id"), is_active=True
    )
    rows = PlageMotif.objects.filter(
        Q(plage__ressource__guichet__isnull=True) | Q(plage__ressource__guichet__is_active=True),
        Q(plage__ressource__agent__isnull=True) | Exists(still_here),
        motif_id__in=motifs, motif__is_active=True, motif__service__is_active=True, plage__is_active=True,
        plage__ressource__is_active=True, plage__lieu__is_active=True,
    )  # fmt: skip
    if criteres.lieux is not None:
        rows = rows.filter(plage__lieu_id__in=criteres.lieux)
    if criteres.ressources is not None:
        rows = rows.filter(plage__ressource_id__in=criteres.ressources)
    return rows if criteres.pour_agent and criteres.zone_id is None else rows.filter(_is_of_zone(criteres.zone_id))


def _is_of_zone(zone_id: int | None) -> Q:
    """Nobody knows where the usager lives: only the ranges that receive everybody."""
    zones = PlageZone.objects.filter(plage_id=OuterRef("plage_id"))
    everybody = Q(motif__is_sectorise=False) | Q(~Exists(zones))
    return everybody if zone_id is None else everybody | Q(Exists(zones.filter(zone_id=zone_id)))


def read_monde(offre: Offre, criteres: Criteres) -> Monde:
    """Read when these ranges open and what is taken meanwhile (four queries; one when nothing opens)."""
    monde = Monde()
    rows = _list_occurrences(offre, criteres)
    if not rows:
        return monde
    closed = JoursFermes.read(criteres)
    for plage_id, jour, capacite, is_travaille, debut, fin in rows:
        plage = offre.plages[plage_id]
        if not closed.covers(plage, jour) and (is_travaille or not plage.lieu.is_ferie(jour)):
            monde.ouvertures[plage_id].append(Ouverture(jour, debut, fin, capacite, plage))
    _read_occupations(monde, {plage.ressource_id for plage in offre.plages.values()}, criteres)
    _read_indisponibles(monde, criteres)
    return monde


def _list_occurrences(offre: Offre, criteres: Criteres) -> list[Any]:
    if not offre.plages:
        return []
    rows = OccurrencePlage.objects.filter(
        plage_id__in=list(offre.plages), debut_at__range=criteres.bornes, jour__range=(criteres.du, criteres.au),
        fin_at__gt=criteres.at,
    )  # fmt: skip
    return list(
        rows.values_list("plage_id", "jour", "capacite", "is_ferie_travaille", Epoque("debut_at"), Epoque("fin_at"))
    )


def _read_occupations(monde: Monde, ressources: Iterable[int], criteres: Criteres) -> None:
    """A surbooking takes time as any other; a session takes every place of who leads it; an expired option, none."""
    start, end = criteres.bornes
    rows = Occupation.objects.filter(
        Q(expire_at__isnull=True) | Q(expire_at__gt=criteres.at),
        ressource_id__in=list(ressources), is_actif=True,
        debut_at__gt=max(start, criteres.at) - LONGUEUR_MAX, debut_at__lt=end, fin_at__gt=criteres.at,
    )  # fmt: skip
    if criteres.sauf_rendezvous is not None:
        rows = rows.exclude(rendezvous_id=criteres.sauf_rendezvous)
    found = rows.values_list("ressource_id", "place", "seance_id", Epoque("debut_at"), Epoque("fin_at"))
    for ressource, place, seance, debut, fin in found:
        monde.occupations[ressource, 0 if seance else place].append((debut, fin))


def _read_indisponibles(monde: Monde, criteres: Criteres) -> None:
    start, end = criteres.bornes
    rows = OccurrenceIndisponible.objects.filter(fin_at__gt=max(start, criteres.at), debut_at__lt=end)
    for ressource, lieu, debut, fin in rows.values_list(
        "ressource_id", "lieu_id", Epoque("debut_at"), Epoque("fin_at")
    ):
        monde.indisponibles[ressource, lieu].append((debut, fin))


@dataclass
class JoursFermes:
    """Local days, both included, when a lieu, the whole town (None) or an agent does not receive."""

    fermetures: dict[int | None, list[tuple[date, date]]] = field(default_factory=lambda: defaultdict(list))
    absences: dict[int, list[tuple[date, date]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def read(cls, criteres: Criteres) -> "JoursFermes":
        """Read closures and absences that meet the window (one query)."""
        window = Q(debut_on__lte=criteres.au, fin_on__gte=criteres.du)
        nothing = Value(None, output_field=IntegerField())
        columns = ("qui", "ou", "debut_on", "fin_on")
        closures = Fermeture.objects.filter(window).annotate(qui=nothing, ou=F("lieu_id")).values_list(*columns)
        absences = Absence.objects.filter(window).annotate(qui=F("agent_id"), ou=nothing).values_list(*columns)
        days = cls()
        for agent, lieu, first, last in closures.union(absences, all=True):
            (days.fermetures[lieu] if agent is None else days.absences[agent]).append((first, last))
        return days

    def covers(self, plage: PlageLue, day: date) -> bool:
        """True when nobody is received in that range that day."""
        stretches = [*self.fermetures.get(None, ()), *self.fermetures.get(plage.lieu.pk, ())]
        if plage.agent_id is not None:
            stretches += self.absences.get(plage.agent_id, ())
        return any(first <= day <= last for first, last in stretches)


def get_second(instant: datetime) -> int:
    """Return the first whole second at or after an instant."""
    whole = int(instant.timestamp())
    return whole + (instant.timestamp() > whole)
