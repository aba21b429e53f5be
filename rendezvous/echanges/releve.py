"""Reading a calendar kept elsewhere, every quarter of an hour: what it holds is taken time for who may be booked.

Three steps, the network in none of the transactions: take the row (a conditional UPDATE is the lease), ask and read,
then swap the taken times in one transaction. Whatever goes wrong, the last good ones stay: an agenda that can't be
read does not make its owner free.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import Q

from collectivites.balayage import list_pairs
from collectivites.cloison import collectivite_active
from messagerie.chiffrement import IllisiblesIdentifiants, decrypt
from messagerie.envoi import AppelDansTransaction
from rendezvous.echanges import caldav
from rendezvous.echanges.bac import Lecture, read_apart
from rendezvous.echanges.ics_lecture import AgendaIllisible
from rendezvous.heures import get_day
from rendezvous.models import AgendaExterne, OccurrenceIndisponible, Ressource
from socle.reseau import Reponse, ReponseTropLourde, ReseauEnEchec, call

trace = logging.getLogger("guichet.agendas")
RYTHME = timedelta(minutes=15)
HORIZON = timedelta(days=400)
PASSE = timedelta(days=1)
OCTETS_MAX = 5 * 2**20
DELAI = 20.0  # seconds: a large calendar of a slow server
REFUS = {
    401: "Le serveur d'agendas refuse l'identifiant ou le mot de passe.",
    403: "Le serveur d'agendas refuse l'accès à cet agenda.",
    404: "Cet agenda n'existe pas, ou plus, à cette adresse.",
    410: "Cet agenda n'existe plus à cette adresse.",
}


@dataclass(frozen=True)
class Demande:
    """A calendar to read, cut off from the database. `empreinte`: see `Empreinte`."""

    agenda_id: int
    ressource_id: int
    genre: str
    adresse_hash: str
    identifiants: dict[str, str] = field(repr=False)  # the address is one of them: never in a trace
    fuseau: str
    empreinte: str
    at: datetime


@dataclass(frozen=True)
class Releve:
    """What a reading gave. `occupe` None: nothing new, or nothing readable; `is_bon`: what we keep is up to date."""

    occupe: Lecture | None
    empreinte: str
    is_bon: bool
    erreur: str = ""  # also what was left aside by a good reading
    is_inchange: bool = False


def fetch_agenda(collectivite_id: int, agenda_id: int, *, clock: Callable[[], datetime]) -> bool:
    """Read one calendar if it is due and nobody else does; True when it was asked."""
    with collectivite_active(collectivite_id):
        demande = take(agenda_id, at=clock())
    if demande is None:
        return False
    if connection.in_atomic_block:
        raise AppelDansTransaction
    try:
        releve = ask(demande)
    except (ReseauEnEchec, AgendaIllisible) as error:
        releve = Releve(None, "", is_bon=False, erreur=str(error))
    with collectivite_active(collectivite_id):
        keep(demande, releve, at=clock())
    trace.info("agenda", extra={"agenda": agenda_id, "lu": releve.occupe is not None, "echec": bool(releve.erreur)})
    return True


def take(agenda_id: int, *, at: datetime) -> Demande | None:
    """Take the calendar for a quarter of an hour; None when it is not due. Needs the wall up."""
    due = Q(releve_at__isnull=True) | Q(releve_at__lte=at - RYTHME)
    if not AgendaExterne.objects.filter(due, pk=agenda_id, is_active=True).update(releve_at=at):
        return None
    agenda = AgendaExterne.objects.select_related("ressource__guichet__lieu", "collectivite").get(pk=agenda_id)
    try:
        identifiants = decrypt(agenda.identifiants)
    except IllisiblesIdentifiants as error:
        AgendaExterne.objects.filter(pk=agenda_id).update(erreur=str(error))
        return None
    return Demande(
        agenda.pk, agenda.ressource_id, agenda.genre, agenda.adresse_hash, identifiants, find_fuseau(agenda.ressource),
        agenda.empreinte, at,
    )  # fmt: skip


def find_fuseau(ressource: Ressource) -> str:
    """Return the zone of a resource's whole days: of its counter's lieu, of the town for an agent."""
    fuseau = ressource.guichet.lieu.fuseau if ressource.guichet else ressource.collectivite.fuseau
    return str(fuseau)


def ask(demande: Demande) -> Releve:
    """Call the server and read its answer. Raises ReseauEnEchec, AgendaIllisible."""
    jour = get_day(demande.at, demande.fuseau).isoformat()
    known = Empreinte.read(demande.empreinte, jour)
    answer = _call(demande, known.etag)
    seen = hashlib.sha256(answer.corps).hexdigest()[:32]
    if answer.statut == 304 or seen == known.hash:  # read already today: a bomb is not defused twice
        return Releve(None, demande.empreinte, is_bon=known.is_bon, is_inchange=True)
    du, au = demande.at - PASSE, demande.at + HORIZON
    fresh = Empreinte(jour, seen, answer.entetes.get("etag", ""))
    try:
        lecture = read_apart(answer.corps, genre=demande.genre, fuseau=demande.fuseau, du=du, au=au)
    except AgendaIllisible as error:
        return Releve(None, replace(fresh, is_bon=False).write(), is_bon=False, erreur=str(error))
    return Releve(lecture, fresh.write(), is_bon=True, erreur=_write_reserve(lecture))


def _call(demande: Demande, etag: str) -> Reponse:
    entetes = caldav.write_identite(demande.identifiants)
    methode, corps = "GET", b""
    if demande.genre == AgendaExterne.Genre.CALDAV:
        methode, entetes = "REPORT", entetes | caldav.ENTETES
        corps = caldav.write_question(demande.at - PASSE, demande.at + HORIZON)
    elif etag:
        entetes["If-None-Match"] = etag
    try:
        answer = call(
            methode, demande.identifiants["url"], corps=corps, entetes=entetes, octets_max=OCTETS_MAX, secondes=DELAI
        )
    except ReponseTropLourde as error:
        raise AgendaIllisible(f"{error} Un agenda a 5\u00a0Mo au plus.") from None
    if answer.statut not in {200, 207, 304}:
        raise AgendaIllisible(_tell_statut(answer.statut))
    return answer


def _tell_statut(statut: int) -> str:
    if 300 <= statut < 400:
        return "Cette adresse renvoie vers une autre\u00a0: donnez l'adresse finale de l'agenda."
    return REFUS.get(statut, f"Le serveur d'agendas répond {statut}.")


@dataclass(frozen=True)
class Empreinte:
    """What was read and how it went, on which local day: the horizon moves on each day, so each day reads afresh."""

    jour: str
    hash: str = ""
    etag: str = ""
    is_bon: bool = True

    @classmethod
    def read(cls, kept: str, jour: str) -> "Empreinte":
        """Return what was written today; of another day, nothing."""
        written, _, rest = kept.partition("|")
        if written != jour:
            return cls(jour)
        verdict, seen, etag = rest.split("|", 2)
        return cls(jour, seen, etag, verdict == "1")

    def write(self) -> str:
        """« 2026-11-24|1|hash|etag », 200 characters at most."""
        return f"{self.jour}|{int(self.is_bon)}|{self.hash}|{self.etag if len(self.etag) <= 150 else ''}"


def _write_reserve(lecture: Lecture) -> str:
    if not lecture.ignores:
        return ""
    several = "s" if lecture.ignores > 1 else ""
    return f"{lecture.ignores}\u00a0événement{several} illisible{several} laissé{several} de côté."


def keep(demande: Demande, releve: Releve, *, at: datetime) -> None:
    """Swap the taken times, or note the failure; nothing when the calendar was changed meanwhile. Needs the wall."""
    agenda = AgendaExterne.objects.select_for_update().filter(pk=demande.agenda_id, releve_at=demande.at).first()
    if agenda is None or not agenda.is_active or agenda.adresse_hash != demande.adresse_hash:
        return
    if not releve.is_inchange:
        agenda.erreur, agenda.empreinte = releve.erreur[:300], releve.empreinte
    if releve.occupe is not None:
        _swap(agenda, releve.occupe)
    if releve.is_bon:
        agenda.reussi_at = at
    agenda.save(update_fields=["erreur", "empreinte", "reussi_at"])


def _swap(agenda: AgendaExterne, lecture: Lecture) -> None:
    OccurrenceIndisponible.objects.filter(agenda=agenda).delete()
    OccurrenceIndisponible.objects.bulk_create(
        (
            OccurrenceIndisponible(agenda=agenda, ressource_id=agenda.ressource_id, debut_at=debut, fin_at=fin)
            for debut, fin in lecture.occupe
        ),
        batch_size=2_000,
    )


def find_due(*, at: datetime, limit: int) -> list[tuple[int, int]]:
    """Return (collectivite_id, id) of the calendars to read, in every town."""
    return list_pairs("rendezvous_agendas_a_relever(%s, %s)", [at.astimezone(UTC) - RYTHME, limit])
