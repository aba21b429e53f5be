"""Who may wait for an earlier slot, and which slot is worth a message. Pure rules; local days of the lieu."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from rendezvous.creneaux.modele import Creneau
from rendezvous.etats import Etat
from rendezvous.heures import get_day
from rendezvous.models import DemandePlusTot, Motif, RendezVous

MESSAGES_MAX = 3
AVANCE_JOURS = 2  # a slot one day earlier is not worth a message
GARDE = timedelta(days=1)  # a place told to somebody is told to nobody else meanwhile
GENRES = frozenset({Motif.Genre.SUR_PLACE, Motif.Genre.VISIO})
OUVERTURE, FERMETURE = 9, 18  # hours of the lieu between which the sweep writes


class Prevenu(Protocol):
    """What both kinds of wait remember of their messages."""

    envois: int
    dernier_at: datetime | None
    propose_at: datetime | None
    ended_at: datetime | None


def find_refus(rendezvous: RendezVous, *, jours: int, at: datetime) -> str:
    """Return why this appointment can't wait for an earlier slot, in French; nothing when it can.

    Whoever booked it, an agent or the usager. `jours`: setting `rendezvous.plus_tot_jours`.
    """
    motif, fuseau = rendezvous.motif, rendezvous.lieu.fuseau
    if rendezvous.etat != Etat.CONFIRME or rendezvous.debut_at <= at:
        return "Ce rendez-vous n'attend plus."
    if not motif.is_plus_tot or motif.genre not in GENRES or motif.is_collectif:
        return "Ce rendez-vous ne permet pas d'être prévenu d'un créneau plus tôt."
    if rendezvous.parcours_id is not None:
        return "Ce rendez-vous fait partie d'un parcours\u00a0: il ne se déplace pas seul."
    if (get_day(rendezvous.debut_at, fuseau) - get_day(at, fuseau)).days <= jours:
        return f"Ce rendez-vous est dans moins de {jours + 1}\u00a0jours."
    return "" if is_movable(rendezvous, at=at) else "Il est trop tard pour déplacer ce rendez-vous en ligne."


def is_movable(rendezvous: RendezVous, *, at: datetime) -> bool:
    """True while the usager may still take the slot told: the motif sets the last moment."""
    return rendezvous.debut_at - at >= timedelta(minutes=rendezvous.motif.deplacable_minutes)


def may_be_told(demande: DemandePlusTot, *, at: datetime) -> bool:
    """True when another message is allowed: three in all, one a day of the lieu."""
    return is_movable(demande.rendezvous, at=at) and is_next_allowed(demande, demande.rendezvous.lieu.fuseau, at=at)


def is_next_allowed(demande: Prevenu, fuseau: str, *, at: datetime) -> bool:
    """True when one message more is allowed: three in all, one a day of the zone."""
    if demande.ended_at is not None or demande.envois >= MESSAGES_MAX:
        return False
    return demande.dernier_at is None or get_day(demande.dernier_at, fuseau) < get_day(at, fuseau)


def is_held(demande: Prevenu, *, at: datetime) -> bool:
    """True while the place told to this usager is kept from the others."""
    return demande.propose_at is not None and demande.dernier_at is not None and at - demande.dernier_at < GARDE


def is_worth(creneau: Creneau, demande: DemandePlusTot) -> bool:
    """True for a slot two days earlier at least, not the one this usager was last told of."""
    rdv: RendezVous = demande.rendezvous
    fuseau = rdv.lieu.fuseau
    gain = get_day(rdv.debut_at, fuseau) - get_day(creneau.debut_at, fuseau)
    return gain.days >= AVANCE_JOURS and creneau.debut_at != demande.propose_at


@dataclass
class Parts:
    """Free places already told to somebody: never more people than places. Counts stretches of each resource."""

    taken: dict[int, list[tuple[datetime, datetime, int]]] = field(default_factory=lambda: defaultdict(list))

    def claim(self, creneau: Creneau, battement: timedelta, *, places: int = 1) -> bool:
        """Take the places of this slot if they are left untold. Several are seats of a session."""
        start, end = creneau.debut_at, creneau.fin_at + battement
        told = self.taken[creneau.ressource_id]
        used = sum(count for debut, fin, count in told if debut < end and start < fin)
        if used + places > creneau.places_restantes:
            return False
        told.append((start, end, places))
        return True

    def claim_first(self, creneaux: Iterable[Creneau], battement: timedelta, *, places: int = 1) -> Creneau | None:
        """Take the first of these slots that has the places left untold."""
        return next((creneau for creneau in creneaux if self.claim(creneau, battement, places=places)), None)
