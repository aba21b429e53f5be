"""What a search reads: five queries whatever the number of agents, motifs and days, no model instance built.

Public holidays, closures and absences are read live, so that they take effect at once: see docs/adr/0020. Instants
come as whole seconds since 1970. Indexes need the bounds on `debut_at`; local days alone decide.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from collectivites.cloison import get_active_id
from collectivites.feries import compute_feries
from rendezvous.creneaux import requetes
from rendezvous.creneaux.intervalles import Intervalle
from rendezvous.creneaux.modele import Criteres

LONGUEUR_MAX = timedelta(days=2)  # no appointment nor session lasts longer: an occupation that began before is over


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
    """Read the ranges of these motifs that are in service, with their lieu (one query).

    A motif, range, resource, counter, lieu or service put aside offers nothing; nor does an agent who left. When
    nobody knows where the usager lives: only the ranges that receive everybody.
    """
    rows = _fetch(
        requetes.PLAGES, ville=get_active_id(), motifs=list(motifs), lieux=_write_array(criteres.lieux),
        ressources=_write_array(criteres.ressources), zone=criteres.zone_id,
        is_partout=criteres.pour_agent and criteres.zone_id is None,
    )  # fmt: skip
    offre, lieux = Offre(), dict[int, LieuLu]()
    for motif, plage, ressource, agent, lieu, fuseau, ouverts, zone in rows:
        if lieu not in lieux:
            lieux[lieu] = LieuLu(lieu, fuseau, zone, frozenset(ouverts))
        if plage not in offre.plages:
            offre.plages[plage] = PlageLue(plage, ressource, agent, lieux[lieu])
        offre.par_motif[motif].append(plage)
    return offre


def _write_array(ids: Collection[int] | None) -> list[int] | None:
    return None if ids is None else list(ids)


def _fetch(sql: str, **parametres: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parametres)
        found: list[Any] = cursor.fetchall()
        return found


def read_monde(offre: Offre, criteres: Criteres) -> Monde:
    """Read when these ranges open and what is taken meanwhile (four queries; one when nothing opens)."""
    monde, (avant, apres) = Monde(), criteres.bornes
    window = {"at": criteres.at, "apres": apres}
    rows = offre.plages and _fetch(
        requetes.OUVERTURES, plages=list(offre.plages), du=criteres.du, au=criteres.au, avant=avant, **window
    )
    if not rows:
        return monde
    closed = JoursFermes.read(criteres)
    for plage_id, jour, capacite, is_travaille, debut, fin in rows:
        plage = offre.plages[plage_id]
        if not closed.covers(plage, jour) and (is_travaille or not plage.lieu.is_ferie(jour)):
            monde.ouvertures[plage_id].append(Ouverture(jour, debut, fin, capacite, plage))
    depuis = max(avant, criteres.at)
    for ressource, place, debut, fin in _fetch(
        requetes.OCCUPATIONS, ressources=list({plage.ressource_id for plage in offre.plages.values()}),
        depuis=depuis - LONGUEUR_MAX, sauf=criteres.sauf_rendezvous, **window,
    ):  # fmt: skip
        monde.occupations[ressource, place].append((debut, fin))
    for ressource, lieu, debut, fin in _fetch(requetes.INDISPONIBLES, depuis=depuis, apres=apres):
        monde.indisponibles[ressource, lieu].append((debut, fin))
    return monde


@dataclass
class JoursFermes:
    """Local days, both included, when a lieu, the whole town (None) or an agent does not receive."""

    fermetures: dict[int | None, list[tuple[date, date]]] = field(default_factory=lambda: defaultdict(list))
    absences: dict[int, list[tuple[date, date]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def read(cls, criteres: Criteres) -> "JoursFermes":
        """Read closures and absences that meet the window (one query)."""
        days = cls()
        for agent, lieu, first, last in _fetch(requetes.JOURS_FERMES, du=criteres.du, au=criteres.au):
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
