"""What lies under the blocks of an agenda: when a resource receives, when it does not and why."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from collectivites.feries import compute_feries
from collectivites.models import Fermeture, Lieu
from demandes.models import Absence
from rendezvous.heures import MINUTES_JOUR, get_minute, to_instant, to_local
from rendezvous.models import OccurrenceIndisponible, OccurrencePlage, Ressource
from socle.ecriture import ESPACE

Case = tuple[int, date]  # a resource, on a local day
MARGE = timedelta(days=1)  # an instant is at most a day away from any local day that holds it


@dataclass(frozen=True)
class Fond:
    """A stretch of a day, in local minutes. `genre`: ouvert, ferme; `libelle` says why it is closed."""

    genre: str
    debut: int
    fin: int
    libelle: str = ""


@dataclass(frozen=True)
class Ouverture:
    """One block of an opening range."""

    debut: int
    fin: int
    lieu_id: int
    guichet: str = ""
    is_ferie_travaille: bool = False


@dataclass
class Fonds:
    """Everything read for a window; `describe` gives one cell."""

    fuseau: str  # of the town
    lieux: dict[int, Lieu]
    zone_feries: str
    ouvertures: dict[Case, list[Ouverture]] = field(default_factory=lambda: defaultdict(list))
    absences: list[Absence] = field(default_factory=list)
    fermetures: list[Fermeture] = field(default_factory=list)
    indisponibles: list[OccurrenceIndisponible] = field(default_factory=list)

    def find_lieu(self, ressource_id: int, jour: date) -> Lieu | None:
        """Return the lieu where the resource receives that day, the first one if it moves."""
        opened = self.ouvertures.get((ressource_id, jour), [])
        return self.lieux.get(opened[0].lieu_id) if opened else None

    def describe(self, ressource: Ressource, jour: date) -> list[Fond]:
        """Return the openings, then what takes time out of them, in order of hour."""
        opened = self.ouvertures.get((ressource.pk, jour), [])
        lieux = {each.lieu_id for each in opened}
        found = [Fond("ouvert", each.debut, each.fin, each.guichet) for each in opened]
        whole = self._find_whole_day(ressource, jour, opened)
        if whole:
            return [*found, Fond("ferme", 0, MINUTES_JOUR, whole)]
        lieu = self.find_lieu(ressource.pk, jour)
        zone = lieu.fuseau if lieu else self.fuseau
        return [*found, *self._list_absences(ressource, jour, lieux, zone)]

    def _find_whole_day(self, ressource: Ressource, jour: date, opened: list[Ouverture]) -> str:
        """Why nobody is received at all that day; nothing on an ordinary day."""
        lieux = {each.lieu_id for each in opened}
        for closure in self.fermetures:
            is_here = closure.lieu_id is None or lieux == {closure.lieu_id}
            if closure.debut_on <= jour <= closure.fin_on and is_here:
                return f"Fermé{ESPACE}: {closure.motif}" if closure.motif else "Fermé"
        for absence in self.absences:
            if absence.agent_id == ressource.agent_id and absence.debut_on <= jour <= absence.fin_on:
                return "Absence"
        return self._find_ferie(jour, opened)

    def _find_ferie(self, jour: date, opened: list[Ouverture]) -> str:
        lieu = self.lieux.get(opened[0].lieu_id) if opened else None
        name = compute_feries(jour.year, (lieu.zone_feries if lieu else "") or self.zone_feries).get(jour, "")
        is_worked = bool(lieu and name in lieu.feries_ouverts) or any(each.is_ferie_travaille for each in opened)
        return "" if not name or is_worked else f"Férié{ESPACE}: {name}"

    def _list_absences(self, ressource: Ressource, jour: date, lieux: Collection[int], zone: str) -> list[Fond]:
        start, end = to_instant(jour, 0, zone), to_instant(jour, MINUTES_JOUR, zone)
        found = []
        for taken in self.indisponibles:
            is_theirs = taken.ressource_id == ressource.pk or (
                taken.ressource_id is None and (taken.lieu_id is None or taken.lieu_id in lieux)
            )
            if is_theirs and taken.debut_at < end and taken.fin_at > start:
                found.append(Fond("ferme", *clip(taken.debut_at, taken.fin_at, jour, zone), _tell(taken)))
        return sorted(found, key=lambda each: (each.debut, each.fin))


def _tell(taken: OccurrenceIndisponible) -> str:
    """Why the time is taken; what an external calendar holds is never known."""
    if taken.indisponibilite is None:
        return "Occupé (agenda externe)"
    return taken.indisponibilite.libelle or "Indisponible"


def clip(debut_at: datetime, fin_at: datetime, jour: date, zone: str) -> tuple[int, int]:
    """Return the local minutes of a stretch within one day, 0 and 1440 when it overflows.

    A stretch that spans the autumn change keeps its real length, so that it never ends before it starts.
    """
    start = get_minute(debut_at, zone) if to_local(debut_at, zone).date() == jour else 0
    end = get_minute(fin_at, zone) if to_local(fin_at, zone).date() == jour else MINUTES_JOUR
    real = int((fin_at - debut_at).total_seconds() // 60)
    return start, end if end > start else min(MINUTES_JOUR, start + max(real, 1))


def load_fonds(
    ressources: Iterable[Ressource], *, du: date, au: date, lieux: dict[int, Lieu], fuseau: str, zone_feries: str
) -> Fonds:
    """Read the openings, closures, absences and taken times of these resources (four queries)."""
    known = {each.pk: each for each in ressources}
    read = Fonds(fuseau=fuseau, lieux=lieux, zone_feries=zone_feries)
    for row in _read_plages(known, du, au):
        lieu = lieux[row.lieu_id]
        guichet = row.plage.guichet.libelle if row.plage.guichet else ""
        minutes = clip(row.debut_at, row.fin_at, row.jour, lieu.fuseau)
        opened = Ouverture(*minutes, row.lieu_id, guichet, row.is_ferie_travaille)
        read.ouvertures[row.ressource_id, row.jour].append(opened)
    read.fermetures = list(Fermeture.objects.filter(debut_on__lte=au, fin_on__gte=du).order_by("debut_on", "pk"))
    agents = [each.agent_id for each in known.values() if each.agent_id]
    read.absences = list(Absence.objects.filter(agent_id__in=agents, debut_on__lte=au, fin_on__gte=du))
    read.indisponibles = list(_read_indisponibles(known, du, au))
    return read


def _read_plages(known: Collection[int], du: date, au: date) -> Any:
    rows = OccurrencePlage.objects.filter(ressource_id__in=list(known), jour__range=(du, au))
    return rows.select_related("plage__guichet").order_by("debut_at", "pk")


def _read_indisponibles(known: Collection[int], du: date, au: date) -> Any:
    rows = OccurrenceIndisponible.objects.filter(
        Q(ressource_id__in=list(known)) | Q(ressource__isnull=True),
        fin_at__gt=to_instant(du, 0, "UTC") - MARGE, debut_at__lt=to_instant(au, 0, "UTC") + 2 * MARGE,
    )  # fmt: skip
    return rows.select_related("indisponibilite").order_by("debut_at", "pk")
