"""Free slots of one motif: a list, what the public sees of it, the next one, and who is free at a given time.

Nothing here is a promise: a slot found may be taken a second later; only the exclusion constraint decides.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Unpack

from rendezvous.creneaux.lecture import get_second, read_monde, read_offre
from rendezvous.creneaux.lots import Balayage, count_charge, find_creneaux_de, find_offres_de, list_creneaux
from rendezvous.creneaux.modele import Creneau, Criteres, Limites, RechercheRefusee
from rendezvous.creneaux.seances import list_seances
from rendezvous.models import Motif
from rendezvous.offre.projection import HORIZON_JOURS

FENETRES = (7, 28, 91, 366)  # days: a first slot is near, or far


def find_creneaux(*, motif: Motif, du: date, au: date, at: datetime, **limites: Unpack[Limites]) -> list[Creneau]:
    """Return the free slots of the local days `du` to `au` (both included), by start, lieu, resource; see `Limites`.

    Who may book online (`motif.reservable_par`) is for callers to check. Five queries. Raises RechercheRefusee.
    """
    check_personnes(motif, limites.get("personnes", 1))
    return find_creneaux_de([motif], du=du, au=au, at=at, **limites)[motif.pk]


def check_personnes(motif: Motif, personnes: int) -> None:
    """Raise RechercheRefusee when the motif does not receive that many at once."""
    most = motif.places if motif.is_collectif else motif.personnes_max
    if personnes > most:
        unite = motif.unite_personnes
        plural = f"{unite}s" if most > 1 and not unite.endswith(("s", "x")) else unite
        raise RechercheRefusee(f"Ce motif prend au plus {most}\u00a0{plural} par rendez-vous.")


def offer_usager(creneaux: list[Creneau], charge: Mapping[int, int] | None = None) -> list[Creneau]:
    """Return one slot per (start, lieu): who receives is not the usager's choice, the least loaded does.

    `charge`: {resource id: anything that grows with their work}; the first resource when nothing is known. Each
    session stays, even at the same hour.
    """
    load = charge or {}
    best: dict[tuple[datetime, int, int | None], Creneau] = {}
    for creneau in creneaux:
        key = (creneau.debut_at, creneau.lieu_id, creneau.seance_id)
        held = best.get(key)
        if held is None or load.get(creneau.ressource_id, 0) < load.get(held.ressource_id, 0):
            best[key] = creneau
    return list(best.values())


def find_prochain(*, motif: Motif, du: date, au: date, at: datetime, **limites: Unpack[Limites]) -> Creneau | None:
    """Return the first free slot from `du` to `au`, None when there is none.

    Windows grow (a week, a month, three, a year) and the search stops at the first that holds a slot; ranges are read
    once, and a window in which nothing opens costs one query. `au` may be as far as the horizon of the offer. Raises
    RechercheRefusee.
    """
    check_personnes(motif, limites.get("personnes", 1))
    whole = Criteres(du=du, au=min(au, du + timedelta(days=HORIZON_JOURS)), at=at, **limites)
    if not motif.is_collectif:
        offre = read_offre([motif.pk], whole)
        if not offre.plages:
            return None
    for first, last in _list_fenetres(motif, whole):
        limites["jours_max"] = (last - first).days + 1
        criteres = Criteres(du=first, au=last, at=at, **limites)
        found = (
            list_seances([motif], criteres) if motif.is_collectif else list_creneaux([motif], offre, criteres)
        )[motif.pk]  # fmt: skip
        if found:
            return found[0]
    return None


def _list_fenetres(motif: Motif, whole: Criteres) -> Iterator[tuple[date, date]]:
    """Yield the windows, in order, no further than usagers may book: a day more, for zones east of ours."""
    first, last = whole.du, whole.au
    if not whole.pour_agent:
        last = min(last, whole.at.date() + timedelta(days=motif.delai_max_jours + 1))
    for days in FENETRES:
        if first > last:
            return
        end = min(last, first + timedelta(days=days - 1))
        yield first, end
        first = end + timedelta(days=1)


def find_places(
    *, motif: Motif, lieu_id: int, debut_at: datetime, at: datetime, **limites: Unpack[Limites]
) -> list[Creneau]:
    """Return who is free at exactly that time, on the grid or not: the least loaded of the day first.

    For a booking that must choose a resource (`ressource_id=0`) or check one. Individual motifs. Five queries.
    """
    limites["lieux"] = [lieu_id]
    day = debut_at.date()
    criteres = Criteres(du=day - timedelta(days=1), au=day + timedelta(days=1), at=at, **limites)
    criteres.check()
    check_personnes(motif, criteres.personnes)
    offre = read_offre([motif.pk], criteres)
    monde = read_monde(offre, criteres)
    balayage = Balayage(motif, monde, criteres)
    debut, charge = get_second(debut_at), count_charge(monde)
    if debut < balayage.earliest:
        return []
    free: dict[int, list[int]] = {}
    for ressource, _lieu, place, (start, end) in balayage.list_libres(offre.par_motif[motif.pk]):
        if start <= debut and debut + balayage.duree <= end:
            free.setdefault(ressource, []).append(place)
    ranked = sorted(free, key=lambda ressource: (charge[ressource], ressource))
    return [balayage.build((debut, lieu_id, each, min(free[each]), len(free[each]))) for each in ranked]


def find_offre(*, motif: Motif, du: date, au: date, at: datetime, **limites: Unpack[Limites]) -> list[Creneau]:
    """Return what a page shows to usagers: one slot per (start, lieu), of the least loaded of the window.

    The load comes from what the search read already. Five queries. Raises RechercheRefusee.
    """
    check_personnes(motif, limites.get("personnes", 1))
    return find_offres_de([motif], du=du, au=au, at=at, **limites)[motif.pk]
