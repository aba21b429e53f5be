"""Telling those who wait that an earlier slot is free: oldest demand first, as many people as places, once.

One sweep of a town at a time (advisory lock): what the one before told is seen by the next, so that two sweeps at once
write once and a place is never told to two people the same day. Whoever opens the link first still has it: a message
is not a booking.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active, get_active_id
from messagerie.models import Envoi
from messagerie.textes import SMS
from rendezvous.attente.places_libres import list_inscrits, offer_inscrits, set_apart_inscrits
from rendezvous.attente.recherche import Question, Recherche
from rendezvous.attente.regles import (
    AVANCE_JOURS,
    FERMETURE,
    GARDE,
    MESSAGES_MAX,
    OUVERTURE,
    Parts,
    is_held,
    is_worth,
    may_be_told,
)
from rendezvous.creneaux.modele import Creneau
from rendezvous.en_ligne.gestion import find_zone_id
from rendezvous.etats import Etat
from rendezvous.heures import get_day
from rendezvous.messages.choix import list_voies
from rendezvous.messages.contenu import Contenu, build_contenu, write_quand
from rendezvous.messages.envois import Courrier, list_participations, queue_un
from rendezvous.messages.liens import build_lien_court_deplacement, build_lien_deplacement
from rendezvous.messages.silence import Silence, read_silence
from rendezvous.models import DemandePlusTot, RendezVous

ESPACE = 7702  # of the advisory locks of this sweep
LIMITE = 500  # demands for the same thing looked at in one sweep: a motif that has nothing never hides the others


def offer_ville(*, collectivite_id: int, at: datetime, is_balayage: bool = False) -> int:
    """Tell who can be told in this town now; return how many messages were queued.

    From 9 h to 18 h of each lieu for the regular sweep; right after a place came free, at any hour but the quiet ones.
    """
    with collectivite_active(collectivite_id):
        _lock()
        waiting, inscrits = _list_waiting(at=at), list_inscrits(at=at)
        if not waiting and not inscrits:
            return 0
        silence = Silence(FERMETURE, OUVERTURE) if is_balayage else read_silence()
        recherche, parts = Recherche(at), Parts()
        _set_apart(waiting, recherche, parts)
        set_apart_inscrits(inscrits, recherche, parts)
        told = offer_inscrits(inscrits, silence, recherche, parts)  # who has no appointment at all comes first
        return told + _offer([each for each in waiting if _is_open(each, silence, at=at)], recherche, parts)


def _lock() -> None:
    """Wait for the sweep of the same town that runs now; released at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ESPACE, get_active_id() % (1 << 31)])


def _list_waiting(*, at: datetime) -> list[DemandePlusTot]:
    """Return the demands that wait: never told first, the oldest first; those who were told give way to the others.

    Those whose appointment has begun are ended on the way.
    """
    DemandePlusTot.objects.filter(ended_at__isnull=True, rendezvous__debut_at__lte=at).update(ended_at=at)
    rows = DemandePlusTot.objects.filter(rendezvous__debut_at__gt=at, rendezvous__etat=Etat.CONFIRME)
    lately = Q(dernier_at__gt=at - GARDE)
    turn = [F("dernier_at").asc(nulls_first=True), F("created_at").asc(), F("pk").asc()]
    same = [F("rendezvous__motif"), F("rendezvous__lieu"), F("rendezvous__personnes")]
    ranked = rows.filter(Q(ended_at__isnull=True) | lately & Q(envois=MESSAGES_MAX)).annotate(
        tour=Window(RowNumber(), partition_by=same, order_by=turn)
    )
    linked = ranked.select_related("rendezvous__motif", "rendezvous__lieu", "rendezvous__service")
    return list(linked.filter(Q(tour__lte=LIMITE) | lately).order_by(*turn))


def _is_open(demande: DemandePlusTot, silence: Silence, *, at: datetime) -> bool:
    return not silence.holds(at, demande.rendezvous.lieu.fuseau)


def _set_apart(waiting: Iterable[DemandePlusTot], recherche: Recherche, parts: Parts) -> None:
    """Keep the places told lately from the others."""
    for demande in waiting:
        if is_held(demande, at=recherche.at):
            told = (each for each in _find(demande, recherche) if each.debut_at == demande.propose_at)
            parts.claim_first(told, _get_battement(demande))


def _offer(candidates: Iterable[DemandePlusTot], recherche: Recherche, parts: Parts) -> int:
    """Share out the places left."""
    allowed = [demande for demande in candidates if may_be_told(demande, at=recherche.at)]
    return sum(_offer_un(each, _find(each, recherche), parts, at=recherche.at) for each in allowed)


def _find(demande: DemandePlusTot, recherche: Recherche) -> list[Creneau]:
    """Return what is free at the same lieu before that appointment, soonest first."""
    rdv: RendezVous = demande.rendezvous
    fuseau = rdv.lieu.fuseau
    question = Question(rdv.motif_id, rdv.lieu_id, rdv.personnes, find_zone_id(rdv))
    last = get_day(rdv.debut_at, fuseau) - timedelta(days=AVANCE_JOURS)
    found = recherche.find(question, rdv.motif, fuseau=fuseau)
    return [each for each in found if get_day(each.debut_at, fuseau) <= last]


def _offer_un(demande: DemandePlusTot, creneaux: Iterable[Creneau], parts: Parts, *, at: datetime) -> bool:
    """Write to one usager if they can be reached and a place is left untold."""
    rdv: RendezVous = demande.rendezvous
    participation = next(iter(list_participations(rdv)), None)
    voies = list_voies(participation) if participation else []
    if participation is None or not voies:
        return False
    worth = (creneau for creneau in creneaux if is_worth(creneau, demande))
    creneau = parts.claim_first(worth, _get_battement(demande))
    if creneau is None:
        return False
    contenu = build_contenu(rdv, participation=participation)
    queue_un(contenu, voies[0], build_courrier(creneau, rang=demande.envois + 1), by=AUTOMATE, at=at)
    _count(demande, creneau, at=at)
    return True


def _count(demande: DemandePlusTot, creneau: Creneau, *, at: datetime) -> None:
    """Remember what was told; the third message is the last."""
    demande.envois, demande.dernier_at, demande.propose_at = demande.envois + 1, at, creneau.debut_at
    demande.ended_at = at if demande.envois >= MESSAGES_MAX else None
    demande.save(update_fields=["envois", "dernier_at", "propose_at", "ended_at"])


def _get_battement(demande: DemandePlusTot) -> timedelta:
    return timedelta(minutes=demande.rendezvous.motif.battement_minutes)


def build_courrier(creneau: Creneau, *, rang: int) -> Courrier:
    """Return the message that tells of this slot; useless once the slot itself has begun."""

    def complete(contenu: Contenu, canal: str) -> dict[str, str]:
        link = build_lien_court_deplacement if canal == SMS else build_lien_deplacement
        return {
            "propose": write_quand(creneau.debut_at, contenu.rendezvous.lieu.fuseau),
            "lien": link(contenu.participation, slug=contenu.collectivite.slug),
        }

    return Courrier(
        occasion="rendezvous.plus_tot", marque=f"plus_tot:{rang}", complement=complete, voie=Envoi.Voie.RAPPEL,
        perime_at=creneau.debut_at,
    )  # fmt: skip
