"""Every write about appointments, for views, tasks and the packages above; the bodies are beside, by subject."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from collectivites.acteur import Acteur
from rendezvous.creneaux.modele import Creneau
from rendezvous.models import Motif, Parcours, RendezVous
from rendezvous.reservation.annulation import cancel_rendezvous
from rendezvous.reservation.deplacement import move_rendezvous
from rendezvous.reservation.groupe import book_all
from rendezvous.reservation.marques import mark_rendezvous, update_note
from rendezvous.reservation.options import confirm_option, drop_option, hold_creneau, sweep_options
from rendezvous.reservation.prise import book_one
from rendezvous.reservation.saisie import Participant, Reservation, fingerprint
from rendezvous.reservation.seances import cancel_seance, move_seance, open_seance, resize_seance
from rendezvous.reservation.verrous import lock_clefs, retry_deadlock

__all__ = [
    "book_all",
    "book_rendezvous",
    "cancel_rendezvous",
    "cancel_seance",
    "confirm_option",
    "drop_option",
    "hold_creneau",
    "mark_rendezvous",
    "move_rendezvous",
    "move_seance",
    "open_seance",
    "resize_seance",
    "sweep_options",
    "update_note",
]


@retry_deadlock
@transaction.atomic
def book_rendezvous(  # noqa: PLR0913 one argument a fact of the booking
    *,
    creneau: Creneau,
    motif: Motif,
    personnes: int,
    participants: Sequence[Participant],
    clef: UUID | None,
    canal: str,
    by: Acteur,
    at: datetime,
    is_surbooking: bool = False,
    demande_id: int | None = None,
    note: str = "",
    message: str = "",
    adresse: str = "",
    telephone: str = "",
    is_prevenu: bool = True,
    is_invite: bool = False,
    zone_id: int | None = None,
    parcours: Parcours | None = None,
    rang: int = 0,
) -> RendezVous:
    """Book at once, without an option. See `Reservation` for each argument. Raises CreneauPris, RendezVousRefuse.

    `creneau` is a wish: its end, its place and what it says are read again. `creneau.ressource_id` 0: the least
    loaded who is free. The same `clef` and content again gives the first appointment.
    """
    asked = Reservation(
        creneau=creneau, motif=motif, personnes=personnes, participants=tuple(participants), clef=clef, canal=canal,
        is_surbooking=is_surbooking, demande_id=demande_id, note=note, message=message, adresse=adresse,
        telephone=telephone, is_prevenu=is_prevenu, is_invite=is_invite, zone_id=zone_id, parcours=parcours, rang=rang,
    )  # fmt: skip
    lock_clefs([clef])
    return book_one(asked, empreinte=fingerprint(asked), by=by, at=at)
