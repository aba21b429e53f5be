"""Secret ICS feeds: the agenda of a resource or of a lieu, read by Outlook, Thunderbird, a telephone.

The address is the only key, and the file ends in software we know nothing of (a telephone lost, a calendar shared with
a family). So it holds what one needs to be at the right place at the right time, and nobody's name: the motif, the
number (the page of the appointment says the rest, behind a sign-in) and the lieu. Of a sealed domain or a sensitive
motif: « Occupé » and the hour. Minimisation: RGPD art. 5-1-c; a choice would be one box too many to tick by mistake.

Only the hash of the address is kept. It gives what the agent who made it may read at that very instant: it stops with
their membership or with their right to read appointments, and what a sealed service receives leaves it with their
place in that service. Of one's own agenda alone, sealed time stays « Occupé », as on one's screen.
"""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from icalendar import Event, Parameters, vDuration

from collectivites.acces import Acces
from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from collectivites.domaines import RESERVES, Domaine
from collectivites.models import Lieu, Rattachement
from collectivites.permissions import Permission
from journal.actions import record
from rendezvous.etats import ANNULES
from rendezvous.heures import get_day, to_local
from rendezvous.jetons import hash_jeton
from rendezvous.messages.ics import build_calendrier, build_fuseau
from rendezvous.models import FluxAgenda, Occupation, RendezVous, Ressource, Seance

PASSE, FUTUR = 60, 400  # days
ANNULES_GARDES = timedelta(days=30)  # afterwards every client has dropped it
LIGNES_MAX = 5_000  # half a millisecond each to write
ARRONDI = timedelta(minutes=5)  # `read_at` is written this often at most
RYTHME = "PT15M"
OCCUPE = "Occupé"


@dataclass(frozen=True)
class Ligne:
    """One event of a feed. `at`: when it was last changed by somebody, as far as we know (DTSTAMP)."""

    uid: str
    titre: str
    numero: str
    endroit: str
    fuseau: str
    debut_at: datetime
    fin_at: datetime
    sequence: int
    is_annule: bool
    at: datetime


@transaction.atomic
def create_flux(
    *, ressource: Ressource | None = None, lieu: Lieu | None = None, agent_id: int, by: Acteur, at: datetime
) -> tuple[FluxAgenda, str]:
    """Open a feed and return its token (192 bits), which is shown once."""
    jeton = secrets.token_urlsafe(24)
    flux = FluxAgenda.objects.create(
        ressource=ressource, lieu=lieu, jeton_hash=hash_jeton(jeton), par_id=agent_id, created_at=at
    )
    _tell(flux, "flux.cree", by=by, at=at)
    return flux, jeton


@transaction.atomic
def revoke_flux(*, flux: FluxAgenda, by: Acteur, at: datetime) -> None:
    """Close a feed at once and for ever."""
    if FluxAgenda.objects.filter(pk=flux.pk, revoked_at=None).update(revoked_at=at):
        _tell(flux, "flux.revoque", by=by, at=at)


def _tell(flux: FluxAgenda, verbe: str, *, by: Acteur, at: datetime) -> None:
    libelle = flux.ressource.nom if flux.ressource else flux.lieu.nom if flux.lieu else ""
    record(verbe=verbe, objet_type="flux", objet_id=flux.pk, libelle=libelle, by=by, at=at)


def find_flux(jeton: str) -> tuple[FluxAgenda, Acces] | None:
    """Return the feed of this token, and what its maker may read today; None once one of them is over."""
    found = FluxAgenda.objects.select_related("ressource", "lieu", "collectivite").filter(
        jeton_hash=hash_jeton(jeton), revoked_at=None
    )
    flux = found.exclude(ressource__is_active=False).first()
    lecteur = list_lecteurs([flux.par_id]).get(flux.par_id) if flux else None
    return (flux, lecteur) if flux and lecteur else None


def list_lecteurs(agents: Collection[int]) -> dict[int, Acces]:
    """Return {agent: what they may read} of those who still read appointments in the active town (one query)."""
    members = Rattachement.objects.select_related("agent", "collectivite").filter(
        collectivite_id=get_active_id(), is_active=True, agent__is_active=True, agent_id__in=agents
    )
    found = [Acces(agent=each.agent, collectivite=each.collectivite, rattachement=each) for each in members]
    return {each.agent.pk: each for each in found if each.can(Permission.RENDEZVOUS_LIRE)}


def note_read(flux: FluxAgenda, *, at: datetime) -> None:
    """Write that somebody reads it, not at each reading of an impatient client."""
    if flux.read_at is None or at - flux.read_at >= ARRONDI:
        FluxAgenda.objects.filter(pk=flux.pk).update(read_at=at)


def list_lignes(flux: FluxAgenda, lecteur: Acces, *, at: datetime) -> list[Ligne]:
    """Return what the feed shows at this instant, in order. Four queries, and no row of another town."""
    domaines = _list_domaines(flux, lecteur)
    today = get_day(at, flux.lieu.fuseau if flux.lieu else flux.collectivite.fuseau)
    du, au = today - timedelta(days=PASSE), today + timedelta(days=FUTUR)
    kept = [
        *_list_rendezvous(_standing(flux, du, au).filter(domaine__in=domaines)),
        *_list_rendezvous(_cancelled(flux, today, au, since=at - ANNULES_GARDES).filter(domaine__in=domaines)),
        *_list_seances(flux, du, au, today, domaines=domaines),
    ]
    kept = sorted(kept, key=lambda each: (each.debut_at, each.uid))
    return kept[-LIGNES_MAX:] if len(kept) > LIGNES_MAX else kept  # the oldest ones go first


def _list_domaines(flux: FluxAgenda, lecteur: Acces) -> Collection[str]:
    """What its maker may read; of one's own time, everything, for what is sealed says « Occupé »."""
    is_own = flux.ressource is not None and flux.ressource.agent_id == lecteur.agent.pk
    return Domaine.values if is_own else lecteur.domaines


def _standing(flux: FluxAgenda, du: date, au: date) -> QuerySet[RendezVous]:
    """Promised and not cancelled. Of a resource, through the index of its taken time."""
    rows = RendezVous.objects.standing().filter(seance=None, jour__range=(du, au))
    if flux.lieu_id:
        return rows.filter(lieu_id=flux.lieu_id)
    taken = Occupation.objects.filter(
        ressource_id=flux.ressource_id or 0, is_actif=True, rendezvous__isnull=False,
        debut_at__gte=datetime.combine(du, time(), UTC) - timedelta(days=1),
    )  # fmt: skip
    return rows.filter(pk__in=taken.values("rendezvous_id"))


def _cancelled(flux: FluxAgenda, du: date, au: date, *, since: datetime) -> QuerySet[RendezVous]:
    """Cancelled lately and still to come: those already past bother nobody."""
    rows = RendezVous.objects.booked().filter(etat__in=ANNULES, seance=None, jour__range=(du, au))
    rows = rows.filter(cancelled_at__gte=since)
    if flux.lieu_id:
        return rows.filter(lieu_id=flux.lieu_id)
    return rows.filter(occupations__ressource_id=flux.ressource_id or 0)


def _list_rendezvous(rows: QuerySet[RendezVous]) -> list[Ligne]:
    fields = (
        "uuid", "numero", "domaine", "etat", "debut_at", "fin_at", "sequence", "created_at", "cancelled_at",
        "motif__libelle", "motif__libelle_public", "motif__is_sensible", "lieu__nom", "lieu__fuseau",
    )  # fmt: skip
    return [_read_rendezvous(values) for values in rows.values(*fields)]


def _read_rendezvous(values: dict[str, Any]) -> Ligne:
    is_discret = values["domaine"] in RESERVES or values["motif__is_sensible"]
    is_annule = values["etat"] in ANNULES
    return Ligne(
        uid=str(values["uuid"]),
        titre=OCCUPE if is_discret else values["motif__libelle_public"] or values["motif__libelle"],
        numero="" if is_discret else values["numero"],
        endroit="" if is_discret else values["lieu__nom"],  # « CCAS » tells all
        fuseau=values["lieu__fuseau"],
        debut_at=values["debut_at"],
        fin_at=values["fin_at"],
        sequence=values["sequence"] + is_annule,  # as in the invitation: RFC 5546 § 2.1.4
        is_annule=is_annule,
        at=values["cancelled_at"] or values["created_at"],
    )


def _list_seances(
    flux: FluxAgenda, du: date, au: date, today: date, *, domaines: Collection[str]
) -> list[Ligne]:  # fmt: skip
    """Collective sessions: one event each, whatever the number of persons."""
    who = {"lieu_id": flux.lieu_id} if flux.lieu_id else {"ressource_id": flux.ressource_id}
    rows = Seance.objects.filter(Q(is_annulee=False) | Q(jour__gte=today), jour__range=(du, au), **who)
    found = rows.filter(motif__service__domaine__in=domaines).select_related("motif__service", "lieu")
    return [
        Ligne(
            uid=f"seance-{flux.collectivite.slug}-{each.pk}",
            titre=OCCUPE if _is_discrete(each) else each.titre or each.motif.nom_message,
            numero="", endroit="" if _is_discrete(each) else each.lieu.nom,
            fuseau=each.lieu.fuseau, debut_at=each.debut_at, fin_at=each.fin_at,
            sequence=int(each.is_annulee), is_annule=each.is_annulee, at=each.created_at,
        )
        for each in found
    ]  # fmt: skip


def _is_discrete(seance: Seance) -> bool:
    return seance.motif.service.domaine in RESERVES or seance.motif.is_sensible


def name_flux(flux: FluxAgenda) -> str:
    """What the calendar is called in the software that reads it."""
    whose = flux.lieu.nom if flux.lieu else flux.ressource.nom if flux.ressource else ""
    return f"{whose} – {flux.collectivite.nom}"


def write_etag(nom: str, lignes: Sequence[Ligne]) -> str:
    """Return the ETag of a feed (RFC 9110 § 8.8.3): the same lines, the same bytes."""
    seen = hashlib.sha256(repr((nom, lignes)).encode()).hexdigest()[:32]
    return f'"{seen}"'


def write_flux(nom: str, lignes: Sequence[Ligne], *, at: datetime) -> bytes:
    """Return the calendar file. Local hours with the VTIMEZONE of each lieu; a client comes back after 15 min."""
    calendar = build_calendrier()
    calendar.add("name", nom)  # RFC 7986, and the names older clients read
    calendar.add("x-wr-calname", nom)
    calendar.add("x-published-ttl", RYTHME)
    calendar["REFRESH-INTERVAL"] = vDuration(timedelta(minutes=15), params=Parameters(VALUE="DURATION"))
    for fuseau in sorted({each.fuseau for each in lignes}):
        calendar.add_component(build_fuseau(fuseau, at.year - 1, at.year + 1))
    for each in lignes:
        calendar.add_component(_build_event(each))
    return bytes(calendar.to_ical())


def _build_event(ligne: Ligne) -> Event:
    event = Event()
    event.add("uid", ligne.uid)
    event.add("sequence", ligne.sequence)
    event.add("dtstamp", ligne.at.astimezone(UTC))
    event.add("dtstart", to_local(ligne.debut_at, ligne.fuseau))
    event.add("dtend", to_local(ligne.fin_at, ligne.fuseau))
    event.add("summary", ligne.titre)
    if ligne.numero:
        event.add("description", ligne.numero)
    if ligne.endroit:
        event.add("location", ligne.endroit)
    event.add("status", "CANCELLED" if ligne.is_annule else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if ligne.is_annule else "OPAQUE")
    return event
