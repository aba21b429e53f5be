"""Cancelling: the time is free at once, the link dies with the day, everybody who comes is told."""

from datetime import datetime

from django.db import transaction

from collectivites.acteur import Acteur
from rendezvous.etats import ANNULES, Etat, can_pass
from rendezvous.models import Occupation, Participation, RendezVous
from rendezvous.reservation.controle import check_limite, is_public
from rendezvous.reservation.deplacement import list_usagers
from rendezvous.reservation.ecriture import get_current, list_ressources, update_at_version
from rendezvous.reservation.places import give_seats
from rendezvous.reservation.refus import RendezVousRefuse
from rendezvous.reservation.traces import Evenement, Genre, leave_traces
from rendezvous.reservation.verrous import retry_deadlock
from rendezvous.verrous import lock_ressources
from socle.texte import clean, truncate

PAR = {"usager": Etat.ANNULE_USAGER, "service": Etat.ANNULE_SERVICE}


@retry_deadlock
@transaction.atomic
def cancel_rendezvous(
    *,
    rendezvous: RendezVous,
    version: int,
    par: str,
    raison: str,
    by: Acteur,
    at: datetime,
    is_prevenu: bool = True,
    is_groupe: bool = False,
) -> RendezVous:
    """Cancel for the usager or for the service (`par` ∈ usager, service). Raises RendezVousRefuse, VersionPerimee.

    `raison` is written to the usager when the service cancels. An agent may cancel for an usager who called.
    """
    etat = PAR["usager"] if is_public(by) else PAR[par]
    lock_ressources(list_ressources(rendezvous))
    current = get_current(rendezvous, version)
    check_annulable(current, etat)
    check_limite(current, minutes=current.motif.annulable_minutes, geste="l'annuler", by=by, at=at)
    return cancel_now(current, etat=etat, raison=raison, by=by, at=at, is_prevenu=is_prevenu, is_groupe=is_groupe)


def check_annulable(rdv: RendezVous, etat: str) -> None:
    """Raises RendezVousRefuse."""
    if rdv.etat in ANNULES:
        raise RendezVousRefuse("Ce rendez-vous est déjà annulé.")
    if not can_pass(rdv.etat, etat):
        raise RendezVousRefuse("Un rendez-vous commencé ou terminé ne s'annule plus.")


def cancel_now(
    current: RendezVous, *, etat: str, raison: str, by: Acteur, at: datetime, is_prevenu: bool, is_groupe: bool = False
) -> RendezVous:
    """Cancel one appointment just read, under the lock of its resource. Raises VersionPerimee."""
    written = truncate(clean(raison).strip(), 300)
    rdv = update_at_version(current, current.version, etat=etat, cancelled_at=at, raison=written)
    Occupation.objects.filter(rendezvous_id=rdv.pk).update(is_actif=False)
    excused = {"etat": Participation.Etat.EXCUSE} if etat == Etat.ANNULE_USAGER else {}
    Participation.objects.filter(rendezvous_id=rdv.pk).update(is_vivante=False, **excused)
    if rdv.seance_id is not None:
        give_seats(rdv.seance_id, rdv.personnes)
    fait = Evenement(Genre.ANNULE, rdv, by=by, at=at, is_prevenu=is_prevenu, is_groupe=is_groupe)
    leave_traces(
        fait, verbe="rendezvous.annule", titre="Rendez-vous annulé", usagers=list_usagers(rdv), par=etat,
        debut=rdv.debut_at.isoformat(),
    )  # fmt: skip
    return rdv
