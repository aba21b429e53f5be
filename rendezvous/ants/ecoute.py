"""An appointment with a pre-application number is told to France Titres: rows written with the fact, sent after.

There is no update there: a move withdraws the old hour, then declares the new one. Each row carries all its call
needs, since the appointment may have moved again when the call leaves.
"""

from datetime import datetime

from django.db import transaction

from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from rendezvous.ants.coordination import is_branchee
from rendezvous.evenements import Evenement, Genre
from rendezvous.heures import to_local
from rendezvous.messages.liens import build_lien_gestion
from rendezvous.models import EchangeAnts, Participation
from socle.ouvriers import ask_worker

Action = EchangeAnts.Action


def follow(evenement: Evenement) -> None:
    """Listener of appointments: queue what the coordination must know. Nothing without its address and token."""
    if evenement.genre not in {Genre.CONFIRME, Genre.DEPLACE, Genre.ANNULE} or not is_branchee():
        return
    rows = Participation.objects.filter(rendezvous=evenement.rendezvous).exclude(numero_predemande="")
    for participation in rows.order_by("rang", "pk"):
        _queue(participation, evenement)


def _queue(participation: Participation, evenement: Evenement) -> None:
    rdv = evenement.rendezvous
    participation.rendezvous = rdv
    if evenement.genre == Genre.DEPLACE and evenement.avant is not None:
        _write(participation, Action.SUPPRIMER, evenement.avant, at=evenement.at)
    if evenement.genre == Genre.ANNULE:
        _write(participation, Action.SUPPRIMER, rdv.debut_at, at=evenement.at)
    else:
        _write(participation, Action.CREER, rdv.debut_at, at=evenement.at)


def _write(participation: Participation, action: str, debut_at: datetime, *, at: datetime) -> None:
    row = EchangeAnts.objects.create(
        participation=participation,
        action=action,
        charge=build_charge(participation, debut_at),
        prevu_at=at,
        created_at=at,
    )
    ask = ("rendezvous.tasks.deliver_ants", get_active_id(), row.pk)
    transaction.on_commit(lambda: ask_worker(*ask, expires=60), robust=True)


def build_charge(participation: Participation, debut_at: datetime) -> dict[str, str]:
    """Return the call's content: the hour is the local one of the lieu, without offset."""
    lieu = participation.rendezvous.lieu
    return {
        "application_id": participation.numero_predemande,
        "meeting_point": lieu.nom,
        "meeting_point_id": str(lieu.pk),
        "appointment_date": f"{to_local(debut_at, lieu.fuseau):%Y-%m-%d %H:%M:%S}",
        "management_url": build_lien_gestion(participation),
    }


def announce_change(*, participation: Participation, avant: str, by: Acteur, at: datetime) -> None:
    """A number was corrected on an appointment: withdraw the old one, declare the new one. `avant` may be empty."""
    if not is_branchee():
        return
    after, debut_at = participation.numero_predemande, participation.rendezvous.debut_at
    if avant:
        participation.numero_predemande = avant
        _write(participation, Action.SUPPRIMER, debut_at, at=at)
        participation.numero_predemande = after
    if after:
        _write(participation, Action.CREER, debut_at, at=at)
