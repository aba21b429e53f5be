"""Asking to be told of an earlier slot, stopping, and ending when it makes no more sense."""

from datetime import datetime

from django.db import transaction

from collectivites.acteur import Acteur
from collectivites.reglages import get_reglage
from journal.actions import record
from rendezvous.attente.regles import MESSAGES_MAX, find_refus
from rendezvous.messages.choix import list_voies
from rendezvous.messages.envois import list_participations
from rendezvous.models import DemandePlusTot, RendezVous
from rendezvous.reservation.refus import RendezVousRefuse

USAGER = Acteur(nature="usager", libelle="Usager en ligne")


def find_plus_tot(rendezvous: RendezVous) -> DemandePlusTot | None:
    """Return the demand that still waits for this appointment."""
    return DemandePlusTot.objects.filter(rendezvous=rendezvous, ended_at__isnull=True).first()


def is_plus_tot_possible(rendezvous: RendezVous, *, at: datetime) -> bool:
    """True when a page may propose it (one query)."""
    return not find_refus(rendezvous, jours=get_reglage("rendezvous.plus_tot_jours"), at=at)


@transaction.atomic
def ask_plus_tot(*, rendezvous: RendezVous, at: datetime, by: Acteur = USAGER) -> DemandePlusTot:
    """Wait for an earlier slot, whoever booked. Asked twice, it is one demand; after a stop, it goes on where it was.

    Raises RendezVousRefuse.
    """
    refus = find_refus(rendezvous, jours=get_reglage("rendezvous.plus_tot_jours"), at=at)
    if refus:
        raise RendezVousRefuse(refus)
    if not any(list_voies(each) for each in list_participations(rendezvous)[:1]):
        raise RendezVousRefuse("Il nous faut une adresse électronique ou un mobile pour vous prévenir.")
    demande, is_new = DemandePlusTot.objects.get_or_create(rendezvous=rendezvous, defaults={"created_at": at})
    if demande.envois >= MESSAGES_MAX:
        raise RendezVousRefuse("Nous vous avons déjà proposé trois créneaux pour ce rendez-vous.")
    if is_new or DemandePlusTot.objects.filter(pk=demande.pk, ended_at__isnull=False).update(ended_at=None):
        _tell("rendezvous.plus_tot_demande", rendezvous, by=by, at=at)
    demande.refresh_from_db()
    return demande


@transaction.atomic
def stop_plus_tot(*, rendezvous: RendezVous, at: datetime, by: Acteur = USAGER) -> bool:
    """Wait no more; False when nobody waited."""
    if not end_plus_tot(rendezvous_id=rendezvous.pk, at=at):
        return False
    _tell("rendezvous.plus_tot_arrete", rendezvous, by=by, at=at)
    return True


def end_plus_tot(*, rendezvous_id: int, at: datetime) -> bool:
    """End the demand of an appointment that moved, was cancelled or began; False when there was none."""
    waiting = DemandePlusTot.objects.filter(rendezvous_id=rendezvous_id, ended_at__isnull=True)
    return bool(waiting.update(ended_at=at))


def _tell(verbe: str, rendezvous: RendezVous, *, by: Acteur, at: datetime) -> None:
    record(verbe=verbe, objet_type="rendezvous", objet_id=rendezvous.pk, libelle=rendezvous.numero, by=by, at=at)
