"""Telling those who wait without an appointment: longest wait first, never told before the others, as many as places.

They come before those who have an appointment and want a sooner one. See `balayage` for the lock and the hours.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile

from django.db.models import F, Q, Window
from django.db.models.functions import Lower, RowNumber

from collectivites.models import Collectivite, Lieu
from rendezvous.attente.recherche import Question, Recherche
from rendezvous.attente.regles import GARDE, MESSAGES_MAX, Parts, is_held, is_next_allowed
from rendezvous.creneaux.modele import Creneau
from rendezvous.heures import get_day
from rendezvous.messages.attente import queue_place
from rendezvous.messages.choix import is_failing
from rendezvous.messages.silence import Silence
from rendezvous.models import InscriptionAttente, Motif, Participation, RendezVous

LIMITE = 500  # waits for the same thing looked at in one sweep: a motif that has nothing never hides the others
OUBLI = timedelta(hours=1)  # after which a code never typed is forgotten, with its address
Fin = InscriptionAttente.Fin


def list_inscrits(*, at: datetime) -> list[InscriptionAttente]:
    """Return who waits and all told lately: never told first, the oldest first. Ends what is over on the way."""
    forget_overdue(at=at)
    lately = Q(dernier_at__gt=at - GARDE)
    rows = InscriptionAttente.objects.filter(Q(ended_at=None) | lately & Q(fin=Fin.MESSAGES), prouve_at__isnull=False)
    turn = [F("dernier_at").asc(nulls_first=True), F("depuis_at").asc(), F("pk").asc()]
    same = [F("motif"), F("lieu"), F("zone"), F("personnes")]
    ranked = rows.annotate(tour=Window(RowNumber(), partition_by=same, order_by=turn))
    looked_at = ranked.filter(Q(tour__lte=LIMITE) | lately)
    found = list(looked_at.select_related("motif__service", "lieu", "collectivite").order_by(*turn))
    served = _find_served(found, at=at)
    for each in found:
        if each.pk in served and each.ended_at is None:
            _end([each.pk], Fin.PRIS, at=at)
    return [each for each in found if each.pk not in served and (each.ended_at is not None or _is_open(each))]


def forget_overdue(*, at: datetime) -> None:
    """End the waits whose last day is past; erase those whose code was never typed (two queries)."""
    open_ones = InscriptionAttente.objects.filter(ended_at=None)
    open_ones.filter(prouve_at=None, code_expire_at__lte=at - OUBLI).delete()
    past = open_ones.filter(jusqu_on__lte=at.astimezone(UTC).date())  # no zone is more than a day ahead
    linked = past.select_related("lieu", "collectivite")
    _end([each.pk for each in linked if each.jusqu_on < _get_today(each, at)], Fin.LIMITE, at=at)


def _get_today(each: InscriptionAttente, at: datetime) -> date:
    return get_day(at, get_fuseau(each))


def get_fuseau(inscription: InscriptionAttente) -> str:
    """Return the zone of its lieu; of the town, wherever it is."""
    of: Lieu | Collectivite = inscription.lieu or inscription.collectivite
    return of.fuseau


def _end(pks: Sequence[int], fin: str, *, at: datetime) -> None:
    if pks:
        InscriptionAttente.objects.filter(pk__in=pks).end(fin=fin, at=at)


def _is_open(inscription: InscriptionAttente) -> bool:
    """True while the motif may still be booked by who waits."""
    motif = inscription.motif
    who = Motif.Reservable.INVITES if inscription.is_invite else Motif.Reservable.TOUS
    return motif.is_active and motif.service.is_active and motif.reservable_par in {who, Motif.Reservable.TOUS}


def _find_served(waiting: Sequence[InscriptionAttente], *, at: datetime) -> set[int]:
    """Return who has an appointment of that motif by now, whoever booked it: the same address came (one query)."""
    waits = {(each.motif_id, each.destinataire): each for each in waiting if each.destinataire}
    if not waits:
        return set()
    addresses = [address for _, address in waits]
    coming = RendezVous.objects.standing().filter(motif__in={each.motif_id for each in waiting}, debut_at__gt=at)
    rows = Participation.objects.filter(rendezvous__in=coming).annotate(ecrit=Lower("courriel"))
    rows = rows.filter(Q(ecrit__in=addresses) | Q(telephone__in=addresses))
    fields = ("rendezvous__motif_id", "ecrit", "telephone", "rendezvous__created_at")
    return {
        waits[motif, address].pk
        for motif, courriel, telephone, booked_at in rows.values_list(*fields)
        for address in (courriel, telephone)
        if (motif, address) in waits and booked_at >= waits[motif, address].created_at
    }


def set_apart_inscrits(inscrits: Iterable[InscriptionAttente], recherche: Recherche, parts: Parts) -> None:
    """Keep the places told lately from the others."""
    for each in inscrits:
        if is_held(each, at=recherche.at):
            told = (slot for slot in _find(each, recherche) if slot.debut_at == each.propose_at)
            _claim(each, told, parts)


def offer_inscrits(
    inscrits: Iterable[InscriptionAttente], silence: Silence, recherche: Recherche, parts: Parts
) -> int:
    """Write to each who may be written to now and for whom a place is left; return how many."""
    at, told = recherche.at, 0
    lieux = {lieu.pk: lieu for lieu in Lieu.objects.all()}
    for each in inscrits:
        fuseau = get_fuseau(each)
        if silence.holds(at, fuseau) or not is_next_allowed(each, fuseau, at=at):
            continue
        if is_failing(each.canal, each.destinataire):
            _end([each.pk], Fin.PERDU, at=at)
            continue
        slot = _claim(each, (slot for slot in _find(each, recherche) if slot.debut_at != each.propose_at), parts)
        if slot is not None:
            queue_place(each, slot, lieux[slot.lieu_id], at=at)
            _count(each, slot, at=at)
            told += 1
    return told


def _find(each: InscriptionAttente, recherche: Recherche) -> Iterator[Creneau]:
    """Give what is free until the last day wanted, soonest first, no farther than it is looked at."""
    fuseau = get_fuseau(each)
    question = Question(each.motif_id, each.lieu_id, each.personnes, each.zone_id)
    found = recherche.find(question, each.motif, fuseau=fuseau)
    return takewhile(lambda slot: get_day(slot.debut_at, fuseau) <= each.jusqu_on, found)


def _claim(each: InscriptionAttente, slots: Iterable[Creneau], parts: Parts) -> Creneau | None:
    seats = each.personnes if each.motif.is_collectif else 1
    return parts.claim_first(slots, timedelta(minutes=each.motif.battement_minutes), places=seats)


def _count(each: InscriptionAttente, slot: Creneau, *, at: datetime) -> None:
    """Remember what was told; the third message is the last, and the address goes."""
    each.envois, each.dernier_at, each.propose_at = each.envois + 1, at, slot.debut_at
    each.save(update_fields=["envois", "dernier_at", "propose_at"])
    if each.envois >= MESSAGES_MAX:
        _end([each.pk], Fin.MESSAGES, at=at)
