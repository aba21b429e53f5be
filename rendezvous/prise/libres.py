"""Free slots as an agent reads them: a week, day by day, lieu by lieu; the values of the buttons that take them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from collectivites.models import Lieu
from rendezvous.agenda.blocs import write_local
from rendezvous.creneaux.modele import Creneau, Limites
from rendezvous.creneaux.recherche import find_creneaux, find_offre, find_prochain
from rendezvous.en_ligne.choix import INSTANT_MAX
from rendezvous.heures import get_day
from rendezvous.models import Motif, PlageMotif, Ressource, Seance
from socle.nombres import read_nombre

SEMAINE = timedelta(days=7)
LOIN = timedelta(days=27)  # looked at before any day was asked: nearly always enough, in one search
HORIZON = timedelta(days=366)
PARTIES = 4


@dataclass(frozen=True)
class Heure:
    """A button: what it says, what it sends. `qui` is empty while anybody may receive."""

    valeur: str
    debut: datetime
    lieu: Lieu
    qui: str = ""
    places: int = 0  # seats left of a session


@dataclass(frozen=True)
class Jour:
    """A day and its hours, lieu by lieu."""

    jour: date
    lieux: list[tuple[Lieu, list[Heure]]]


@dataclass(frozen=True)
class Semaine:
    """What is shown. `precedente` is None when nothing is free before: the past, or the soonest week."""

    du: date
    au: date
    jours: list[Jour]
    precedente: date | None
    suivante: date
    is_plus_tot: bool


@dataclass(frozen=True)
class Couple:
    """Somebody who receives this motif somewhere. `clef`: « lieu-resource »."""

    lieu: Lieu
    ressource: Ressource

    @property
    def clef(self) -> str:
        """Value of the list of a surbooking."""
        return f"{self.lieu.pk}-{self.ressource.pk}"


def list_couples(motif: Motif, today: date) -> list[Couple]:
    """Return who receives this motif, and where: by its ranges in service, or its sessions to come (one query)."""
    if motif.is_collectif:
        rows = Seance.objects.filter(motif=motif, jour__gte=today, is_annulee=False, lieu__is_active=True)
        pairs = [(each.lieu, each.ressource) for each in rows.select_related("lieu", "ressource")]
    else:
        links = PlageMotif.objects.filter(
            motif=motif, plage__is_active=True, plage__lieu__is_active=True, plage__ressource__is_active=True
        ).select_related("plage__lieu", "plage__ressource")
        pairs = [(each.plage.lieu, each.plage.ressource) for each in links]
    unique = {(lieu.pk, ressource.pk): Couple(lieu, ressource) for lieu, ressource in pairs}
    return sorted(unique.values(), key=lambda each: (each.lieu.nom, each.ressource.nom, each.clef))


def write_valeur(creneau: Creneau, ressource_id: int) -> str:
    """Return « start-lieu-resource-session », zeros for anybody and for no session."""
    return f"{int(creneau.debut_at.timestamp())}-{creneau.lieu_id}-{ressource_id}-{creneau.seance_id or 0}"


def read_valeur(text: str, motif: Motif, personnes: int) -> Creneau | None:
    """Read a button; None for what no page of ours wrote. Booking checks everything again."""
    numbers = [read_nombre(part) for part in text.split("-")]
    if len(numbers) != PARTIES or None in numbers:
        return None
    debut, lieu, ressource, seance = (number or 0 for number in numbers)
    if debut > INSTANT_MAX:
        return None
    start = datetime.fromtimestamp(debut, UTC)
    length = timedelta(minutes=motif.durees[min(personnes, len(motif.durees)) - 1])
    return Creneau(start, start + length, lieu, ressource, 1, motif.pk, seance or None)


def load_semaine(
    motif: Motif, *, du: date | None, today: date, at: datetime, fuseau: str, limites: Limites
) -> Semaine:  # fmt: skip
    """Return the week of `du`, else the one that begins with the first free day. Raises RechercheRefusee."""
    is_soonest = du is None
    limites["pour_agent"] = True
    first = max(du or today, today)
    last = first + (LOIN if is_soonest else SEMAINE - timedelta(days=1))
    slots = _find(motif, first, last, at=at, limites=limites)
    if is_soonest and not slots:
        prochain = find_prochain(motif=motif, du=first, au=today + HORIZON, at=at, **limites)
        if prochain is not None:
            first = get_day(prochain.debut_at, fuseau)
            slots = _find(motif, first, first + SEMAINE, at=at, limites=limites)
    heures = show_heures(slots, is_named=limites.get("ressources") is not None)
    if is_soonest and heures:
        first = heures[0].debut.date()
    end = first + SEMAINE - timedelta(days=1)
    shown = [each for each in heures if each.debut.date() <= end]
    before = max(today, first - SEMAINE) if first > today and not is_soonest else None
    return Semaine(first, end, group(shown), before, first + SEMAINE, is_soonest)


def _find(motif: Motif, du: date, au: date, *, at: datetime, limites: Limites) -> list[Creneau]:
    if limites.get("ressources"):
        return find_creneaux(motif=motif, du=du, au=au, at=at, **limites)
    return find_offre(motif=motif, du=du, au=au, at=at, **limites)


def show_heures(slots: Sequence[Creneau], *, is_named: bool) -> list[Heure]:
    """Return buttons. Not named: whoever is free receives, so that a colleague's booking changes nothing."""
    lieux = Lieu.objects.in_bulk({slot.lieu_id for slot in slots})
    who = Ressource.objects.in_bulk({slot.ressource_id for slot in slots}) if is_named else {}
    return [
        Heure(
            write_valeur(slot, slot.ressource_id if is_named else 0),
            write_local(slot.debut_at, lieux[slot.lieu_id].fuseau), lieux[slot.lieu_id],
            who[slot.ressource_id].nom if is_named else "", slot.places_restantes if slot.seance_id else 0,
        )
        for slot in slots
    ]  # fmt: skip


def group(heures: Iterable[Heure]) -> list[Jour]:
    """Return the hours by day, then by lieu, in order of time."""
    days: dict[date, dict[int, tuple[Lieu, list[Heure]]]] = {}
    for heure in sorted(heures, key=lambda each: (each.debut, each.lieu.nom, each.qui)):
        by_lieu = days.setdefault(heure.debut.date(), {})
        by_lieu.setdefault(heure.lieu.pk, (heure.lieu, []))[1].append(heure)
    return [Jour(day, list(by_lieu.values())) for day, by_lieu in sorted(days.items())]
