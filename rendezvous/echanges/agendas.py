"""Calendars kept elsewhere: who adds, pauses, removes them. The journal keeps who and whose, never an address."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from journal.actions import record
from messagerie.chiffrement import encrypt
from rendezvous.models import AgendaExterne, OccurrenceIndisponible, Ressource
from socle.ouvriers import ask_worker

TACHE = "rendezvous.echanges.tasks.fetch_agenda"
AGENDAS_MAX = 5  # of one resource


class AgendaRefuse(Exception):
    """The calendar can't be added; `str()` is a French sentence."""


@dataclass(frozen=True)
class Acces:
    """Where the calendar is and how to read it; `utilisateur` is empty for a secret address. Never printed."""

    genre: str
    url: str = field(repr=False)
    utilisateur: str = field(default="", repr=False)
    mot_de_passe: str = field(default="", repr=False)


@transaction.atomic
def add_agenda(*, ressource: Ressource, acces: Acces, by: Acteur, at: datetime) -> AgendaExterne:
    """Follow a calendar for this resource; it is read at once by a worker. Raises AgendaRefuse."""
    if AgendaExterne.objects.filter(ressource=ressource).count() >= AGENDAS_MAX:
        raise AgendaRefuse(f"{AGENDAS_MAX}\u00a0agendas au plus. Supprimez-en un d'abord.")
    agenda = AgendaExterne(
        ressource=ressource, genre=acces.genre, hote=urlsplit(acces.url).hostname or "",
        adresse_hash=hash_adresse(acces.url), identifiants=seal_acces(acces),
    )  # fmt: skip
    try:
        with transaction.atomic():
            agenda.save(force_insert=True)
    except IntegrityError as error:
        if "agenda_externe_unique" not in str(error):
            raise
        raise AgendaRefuse("Cet agenda est déjà suivi.") from error
    _tell(agenda, "agenda.ajoute", by=by, at=at)
    _ask_reading(agenda)
    return agenda


def seal_acces(acces: Acces) -> bytes:
    """Return what the database keeps: the address is a key as much as the password."""
    secret = {"url": acces.url}
    if acces.utilisateur:
        secret |= {"utilisateur": acces.utilisateur, "mot_de_passe": acces.mot_de_passe}
    return encrypt(secret)


def hash_adresse(url: str) -> str:
    """Return what tells that two addresses are the same; keyed, for a CalDAV address may be guessed."""
    return salted_hmac("rendezvous.agenda", url, algorithm="sha256").hexdigest()


@transaction.atomic
def read_now(*, agenda: AgendaExterne) -> None:
    """Ask for a reading now rather than within the quarter of an hour."""
    if AgendaExterne.objects.filter(pk=agenda.pk, is_active=True).update(releve_at=None, empreinte=""):
        _ask_reading(agenda)


@transaction.atomic
def set_active(*, agenda: AgendaExterne, is_active: bool, by: Acteur, at: datetime) -> None:
    """Pause (its taken times are free again at once), or take up again (read at once)."""
    rows = AgendaExterne.objects.filter(pk=agenda.pk).exclude(is_active=is_active)
    if not rows.update(is_active=is_active, releve_at=None, empreinte="", erreur=""):
        return
    if is_active:
        _ask_reading(agenda)
    else:
        OccurrenceIndisponible.objects.filter(agenda=agenda).delete()
    _tell(agenda, "agenda.repris" if is_active else "agenda.suspendu", by=by, at=at)


@transaction.atomic
def remove_agenda(*, agenda: AgendaExterne, by: Acteur, at: datetime) -> None:
    """Forget the calendar, its credentials and its taken times."""
    _tell(agenda, "agenda.supprime", by=by, at=at)
    agenda.delete()


def _ask_reading(agenda: AgendaExterne) -> None:
    transaction.on_commit(partial(ask_worker, TACHE, get_active_id(), agenda.pk), robust=True)


def _tell(agenda: AgendaExterne, verbe: str, *, by: Acteur, at: datetime) -> None:
    record(
        verbe=verbe, objet_type="agenda", objet_id=agenda.pk, libelle=agenda.ressource.nom, by=by, at=at,
        genre=agenda.genre, ressource=agenda.ressource_id,
    )  # fmt: skip
