"""Taking time: the lock of the resource, the options that expired, the lowest free place, the insert. See ADR 0021.

Search only proposes who to try; the row read under the lock decides, and the exclusion constraint has the last word.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from collectivites.models import Lieu
from rendezvous.creneaux.alternatives import find_alternatives
from rendezvous.creneaux.lecture import LONGUEUR_MAX
from rendezvous.creneaux.modele import Creneau, Limites, RechercheRefusee
from rendezvous.creneaux.recherche import find_places
from rendezvous.etats import Etat
from rendezvous.models import Motif, RendezVous, Ressource, Seance
from rendezvous.offre.relecture import is_offered
from rendezvous.reservation.refus import CreneauPris, RendezVousRefuse
from rendezvous.reservation.verrous import is_double
from rendezvous.verrous import Verrouille, lock_first, lock_ressources

TOUTES = 0  # every place: a session takes all of who leads it


@dataclass(frozen=True)
class Besoin:
    """The time wanted. `ressource_id` 0: whoever is free. `seance`: a seat in it, and its own time.

    `sauf`: an appointment whose own time counts as free, `aussi`: resources to lock with the one taken (a move).
    """

    motif: Motif
    lieu: Lieu
    debut_at: datetime
    fin_at: datetime
    personnes: int
    ressource_id: int = 0
    seance: Seance | None = None
    is_surbooking: bool = False
    is_public: bool = True
    zone_id: int | None = None
    sauf: int | None = None
    aussi: frozenset[int] = frozenset()

    @property
    def occupe_at(self) -> datetime:
        """End of the time taken, buffer included."""
        return self.fin_at + timedelta(minutes=self.motif.battement_minutes)


@dataclass(frozen=True, slots=True)
class Prise:
    """What was obtained. In a session, its resource is locked and the session itself holds the time."""

    ressource_id: int
    place: int = 1
    is_surbooking: bool = False


class DejaPris(Exception):
    """This resource is taken, or this session is full: try the next one."""


def read_besoin(
    creneau: Creneau, *, motif: Motif, personnes: int, is_surbooking: bool, is_public: bool, zone_id: int | None
) -> Besoin:
    """Return the time wanted, as the motif says and not as the caller does. Raises RendezVousRefuse."""
    if motif.is_collectif or creneau.seance_id:
        seance = _get_seance(creneau.seance_id, motif)
        return Besoin(
            motif, seance.lieu, seance.debut_at, seance.fin_at, personnes, seance.ressource_id, seance,
            is_public=is_public,
        )  # fmt: skip
    lieu = Lieu.objects.filter(pk=creneau.lieu_id).first()
    if lieu is None:
        raise RendezVousRefuse("Ce lieu n'existe plus.")
    fin_at = creneau.debut_at + timedelta(minutes=motif.get_duree(personnes))
    return Besoin(
        motif, lieu, creneau.debut_at, fin_at, personnes, creneau.ressource_id, is_surbooking=is_surbooking,
        is_public=is_public, zone_id=zone_id,
    )  # fmt: skip


def _get_seance(seance_id: int | None, motif: Motif) -> Seance:
    seance = Seance.objects.select_related("lieu").filter(pk=seance_id or 0, motif=motif).first()
    if seance is None:
        raise RendezVousRefuse("Choisissez une séance de ce motif.")
    if seance.is_annulee:
        raise RendezVousRefuse("Cette séance est annulée.")
    return seance


def take(besoin: Besoin, write: Callable[[Prise], RendezVous], *, at: datetime) -> RendezVous:
    """Take the time and `write` who takes it, on the first resource that can. Raises CreneauPris, RendezVousRefuse.

    Each attempt is a savepoint: a failed one gives its locks back, so that two bookings never hold one resource each
    and wait for the other's. When anyone will do, it is the first whom nobody is booking right now: a crowd spreads
    instead of queuing for the least loaded, and queues only when all are being booked.
    """
    essais, waits = _list_essais(besoin, at), False
    while essais:
        essai = essais[0]
        try:
            with transaction.atomic():
                essai = _lock(besoin, essais, waits=waits or len(essais) == 1)
                return write(_occupy(besoin, essai, at=at))
        except Verrouille:
            waits = True
            continue
        except DejaPris:
            pass
        except IntegrityError as error:
            if not is_double(error):
                raise
        essais.remove(essai)
    raise CreneauPris(propose(besoin, at=at))


def _list_essais(besoin: Besoin, at: datetime) -> list[Prise]:
    """Return what to try, the least loaded first, read without any lock; over capacity last, if an agent says so."""
    if besoin.seance is not None:
        return [Prise(besoin.seance.ressource_id)]
    found = [Prise(each.ressource_id, each.place) for each in _find_free(besoin, besoin.ressource_id, at)]
    if not besoin.is_surbooking:
        return found
    if not Ressource.objects.filter(pk=besoin.ressource_id, is_active=True).exists():
        raise RendezVousRefuse("Choisissez qui reçoit pour un rendez-vous en surnombre.", champ="ressource")
    return [*found, Prise(besoin.ressource_id, is_surbooking=True)]


def list_hosts(besoin: Besoin, *, at: datetime) -> list[int]:
    """Ids of the resources that booking this may lock: the one asked for, else every one that is free."""
    if besoin.ressource_id:
        return [besoin.ressource_id]
    return [each.ressource_id for each in _find_free(besoin, 0, at)]


def _find_free(besoin: Besoin, ressource_id: int, at: datetime) -> list[Creneau]:
    """Who offers the motif then and is free. An agent may still lay what has begun: asked as of its start."""
    seen_at = at if besoin.is_public else min(at, besoin.debut_at)
    limites = _limit(besoin)
    limites["ressources"] = [ressource_id] if ressource_id else None
    return find_places(motif=besoin.motif, lieu_id=besoin.lieu.pk, debut_at=besoin.debut_at, at=seen_at, **limites)


def _limit(besoin: Besoin) -> Limites:
    return {
        "personnes": besoin.personnes, "zone_id": besoin.zone_id, "pour_agent": not besoin.is_public,
        "sauf_rendezvous": besoin.sauf,
    }  # fmt: skip


def propose(besoin: Besoin, *, at: datetime) -> list[Creneau]:
    """Return the three nearest free slots."""
    try:
        return find_alternatives(
            motif=besoin.motif, lieu_id=besoin.lieu.pk, debut_at=besoin.debut_at, at=at, nombre=3, **_limit(besoin)
        )
    except RechercheRefusee:
        return []


def _lock(besoin: Besoin, essais: list[Prise], *, waits: bool) -> Prise:
    """Lock who will be tried, with what `besoin` locks besides, and return them. Raises Verrouille."""
    if waits or besoin.ressource_id:
        lock_ressources({essais[0].ressource_id, *besoin.aussi})
        return essais[0]
    lock_ressources(besoin.aussi)
    held = lock_first([essai.ressource_id for essai in essais])
    return next(essai for essai in essais if essai.ressource_id == held)


def _occupy(besoin: Besoin, essai: Prise, *, at: datetime) -> Prise:
    """Say which place is free for good, under the lock. Raises DejaPris."""
    if besoin.seance is not None:
        take_seats(besoin.seance, besoin.personnes, at=at)
        return essai
    taken = list_taken(essai.ressource_id, besoin.debut_at, besoin.occupe_at, sauf=besoin.sauf, at=at)
    if essai.is_surbooking or (not taken & {essai.place, TOUTES} and _is_still_offered(besoin, essai)):
        return essai
    again = _find_free(besoin, essai.ressource_id, at)  # another place, or the offer has just changed: rare
    if not again or again[0].place in taken:
        raise DejaPris
    return Prise(again[0].ressource_id, again[0].place)


def _is_still_offered(besoin: Besoin, essai: Prise) -> bool:
    """Read the offer again under the lock: whoever changes it holds the same one."""
    return is_offered(
        ressource_id=essai.ressource_id, lieu=besoin.lieu, motif_id=besoin.motif.pk, place=essai.place,
        debut_at=besoin.debut_at, fin_at=besoin.fin_at,
    )  # fmt: skip


_PRISES = """
SELECT rendezvous_id, seance_id, place, expire_at FROM rendezvous_occupation
 WHERE ressource_id = %(ressource)s AND is_actif
   AND debut_at > %(depuis)s AND debut_at < %(fin)s AND fin_at > %(debut)s
   AND (rendezvous_id = %(sauf)s) IS NOT TRUE AND (seance_id = %(sauf_seance)s) IS NOT TRUE
"""


def list_taken(
    ressource_id: int,
    debut_at: datetime,
    fin_at: datetime,
    *,
    sauf: int | None = None,
    sauf_seance: int | None = None,
    at: datetime,
) -> set[int]:
    """Return the places taken in [debut_at, fin_at[, TOUTES for a session. Called under the lock of the resource.

    The options that expired there are released first. A surbooking counts: the person will be there.
    """
    asked: dict[str, Any] = {
        "ressource": ressource_id, "depuis": debut_at - LONGUEUR_MAX, "debut": debut_at, "fin": fin_at,
        "sauf": sauf, "sauf_seance": sauf_seance,
    }  # fmt: skip
    taken, expired = set(), []
    with connection.cursor() as cursor:
        cursor.execute(_PRISES, asked)
        rows = cursor.fetchall()
    for rdv, seance, place, expire_at in rows:
        if expire_at is not None and expire_at <= at:
            expired.append(rdv)
        else:
            taken.add(TOUTES if seance else place)
    erase_options(expired)
    return taken


def erase_options(ids: Collection[int]) -> None:
    """Delete options with what hangs on them; never what was confirmed meanwhile. Seats: see `give_seats`."""
    if ids:
        still = RendezVous.objects.select_for_update(of=("self",)).filter(pk__in=ids, etat=Etat.OPTION)
        RendezVous.objects.filter(pk__in=[option.pk for option in still]).delete()


def take_seats(seance: Seance, personnes: int, *, at: datetime) -> None:
    """Take seats in a session, under the lock of its resource; one conditional UPDATE. Raises DejaPris."""
    expired = RendezVous.objects.filter(seance=seance).expired(at)
    stale = list(expired.values_list("pk", "personnes"))
    if stale:
        give_seats(seance.pk, sum(count for _, count in stale))
        erase_options([pk for pk, _ in stale])
    rows = Seance.objects.filter(pk=seance.pk, is_annulee=False, inscrits__lte=F("places") - personnes)
    if not rows.update(inscrits=F("inscrits") + personnes):
        raise DejaPris


def give_seats(seance_id: int, personnes: int) -> None:
    """Give seats back to a session; the database refuses less than none."""
    Seance.objects.filter(pk=seance_id).update(inscrits=F("inscrits") - personnes)
