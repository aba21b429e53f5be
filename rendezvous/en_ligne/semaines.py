"""Free slots as a visitor reads them: the week with what is left each day, one day with its hours, by lieu.

Days and hours are those of each lieu, never of the server.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from collectivites.models import Lieu
from rendezvous.creneaux.modele import JOURS_USAGER, Creneau, Limites
from rendezvous.creneaux.recherche import find_offre, find_prochain
from rendezvous.en_ligne.choix import Choix, write_valeur
from rendezvous.heures import get_day, to_local
from rendezvous.models import Motif, RendezVous

MIDI = 12
SEMAINE = timedelta(days=7)
MOIS = timedelta(days=JOURS_USAGER - 1)


@dataclass(frozen=True)
class Heure:
    """A slot to click: `debut` on the clock of its lieu."""

    valeur: str
    debut: datetime
    creneau: Creneau
    lieu: Lieu


@dataclass
class Lot:
    """The hours of one lieu, morning or afternoon."""

    lieu: Lieu
    moment: str
    heures: list[Heure] = field(default_factory=list)


@dataclass(frozen=True)
class Jour:
    """A day of the strip."""

    jour: date
    nombre: int
    is_choisi: bool


@dataclass(frozen=True)
class Semaine:
    """What the page shows. `precedente`/`suivante`: a day of those weeks, None beyond what may be booked."""

    jours: list[Jour]
    jour: date
    lots: list[Lot]
    prochain: Heure | None
    precedente: date | None
    suivante: date | None
    horizon_on: date

    @property
    def is_vide(self) -> bool:
        """True when nothing at all can be booked, this week or later."""
        return self.prochain is None


@dataclass(frozen=True)
class Recherche:
    """Whose slots: what every search of one page has in common."""

    motif: Motif
    choix: Choix
    lieux: Mapping[int, Lieu]
    fuseau: str  # of the town: which day it is
    at: datetime
    sauf: RendezVous | None = None  # an appointment to move: its time is free, and not worth moving to

    @property
    def aujourd_hui(self) -> date:
        """The local day of the visitor's question."""
        return get_day(self.at, self.fuseau)

    @property
    def horizon_on(self) -> date:
        """The last day that may be booked."""
        return self.aujourd_hui + timedelta(days=self.motif.delai_max_jours)

    @property
    def limites(self) -> Limites:
        """What narrows every search."""
        return {
            "personnes": self.choix.personnes, "lieux": [self.choix.lieu_id] if self.choix.lieu_id else None,
            "zone_id": self.choix.zone_id, "sauf_rendezvous": self.sauf.pk if self.sauf else None,
        }  # fmt: skip

    def find_first(self) -> Creneau | None:
        """Return the first slot that may be booked, other than the one to leave."""
        du = self.aujourd_hui
        first = find_prochain(motif=self.motif, du=du, au=self.horizon_on, at=self.at, **self.limites)
        if first is None or not self._is_left(first):
            return first
        near = self.find_between(du, min(du + MOIS, self.horizon_on))
        return near[0] if near else None

    def find_between(self, du: date, au: date) -> list[Creneau]:
        """Return the slots of these days, one by lieu and hour."""
        found = find_offre(motif=self.motif, du=du, au=au, at=self.at, **self.limites)
        return [each for each in found if not self._is_left(each)]

    def _is_left(self, creneau: Creneau) -> bool:
        left = self.sauf
        return left is not None and (left.debut_at, left.lieu_id) == (creneau.debut_at, creneau.lieu_id)


def build_semaine(recherche: Recherche, asked: date | None) -> Semaine:
    """Return the week of the day asked for, else of the first free slot."""
    first = recherche.find_first()
    start = get_day(first.debut_at, recherche.lieux[first.lieu_id].fuseau) if first else recherche.aujourd_hui
    wanted = min(max(asked or start, recherche.aujourd_hui), recherche.horizon_on)
    lundi = wanted - timedelta(days=wanted.weekday())
    du, au = max(lundi, recherche.aujourd_hui), min(lundi + SEMAINE - timedelta(days=1), recherche.horizon_on)
    heures = show_heures(recherche.find_between(du, au), recherche.lieux) if first else []
    left = Counter(heure.debut.date() for heure in heures)
    shown = wanted if left[wanted] or (asked and not left) else min(left, default=wanted)
    return Semaine(
        jours=[Jour(day, left[day], day == shown) for day in _list_days(lundi, left)],
        jour=shown,
        lots=group_heures([heure for heure in heures if heure.debut.date() == shown]),
        prochain=_show(first, recherche.lieux) if first else None,
        precedente=lundi - timedelta(days=1) if lundi > recherche.aujourd_hui else None,
        suivante=lundi + SEMAINE if lundi + SEMAINE <= recherche.horizon_on else None,
        horizon_on=recherche.horizon_on,
    )


def show_heures(creneaux: Sequence[Creneau], lieux: Mapping[int, Lieu]) -> list[Heure]:
    """Return slots as hours to click, in the order given."""
    return [_show(each, lieux) for each in creneaux]


def group_heures(heures: Sequence[Heure]) -> list[Lot]:
    """Group the hours of one day by lieu, then morning and afternoon."""
    lots: dict[tuple[str, int, bool], Lot] = {}
    for heure in sorted(heures, key=lambda each: (each.lieu.nom, each.lieu.pk, each.debut)):
        is_matin = heure.debut.hour < MIDI
        lot = Lot(heure.lieu, "Matin" if is_matin else "Après-midi")
        lots.setdefault((heure.lieu.nom, heure.lieu.pk, not is_matin), lot).heures.append(heure)
    return list(lots.values())


def _show(creneau: Creneau, lieux: Mapping[int, Lieu]) -> Heure:
    lieu = lieux[creneau.lieu_id]
    return Heure(write_valeur(creneau), to_local(creneau.debut_at, lieu.fuseau), creneau, lieu)


def _list_days(lundi: date, left: Counter[date]) -> list[date]:
    """Monday to Friday, and the days of the weekend that have something."""
    days = [lundi + timedelta(days=rank) for rank in range(7)]
    return [day for day in days if day.weekday() < 5 or left[day]]
