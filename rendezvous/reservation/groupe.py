"""Several bookings in one transaction: all or nothing. A visit across services stands on this."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from collectivites.acteur import Acteur
from rendezvous.models import RendezVous
from rendezvous.reservation.controle import check_participants
from rendezvous.reservation.personnes import find_venants
from rendezvous.reservation.places import list_hosts
from rendezvous.reservation.prise import book_one, check_besoin, find_by_clef
from rendezvous.reservation.saisie import Participant, Reservation, fingerprint
from rendezvous.reservation.verrous import lock_clefs, retry_deadlock
from rendezvous.verrous import lock_ressources


@retry_deadlock
@transaction.atomic
def book_all(*, demandes: Sequence[Reservation], by: Acteur, at: datetime) -> list[RendezVous]:
    """Book every stop, or none. Raises CreneauPris (of the first stop that fails), RendezVousRefuse.

    All the locks are taken before anything is written, in order; a stop open to any resource locks all those free.
    The keys already served give back the appointments of the first time.
    """
    empreintes = [fingerprint(asked) for asked in demandes]
    lock_clefs(asked.clef for asked in demandes)
    already = [find_by_clef(asked.clef, seal, at=at) for asked, seal in zip(demandes, empreintes, strict=True)]
    if demandes and all(already):
        return [rdv for rdv in already if rdv is not None]
    besoins = [check_besoin(asked, by=by, at=at) for asked in demandes]
    lock_ressources({ressource for besoin in besoins for ressource in list_hosts(besoin, at=at)})
    named = _name_once(demandes, by=by, at=at)
    return [book_one(asked, empreinte=seal, by=by, at=at) for asked, seal in zip(named, empreintes, strict=True)]


def _name_once(demandes: Sequence[Reservation], *, by: Acteur, at: datetime) -> list[Reservation]:
    """Find or create each person once, though they come to several stops."""
    known: dict[Participant, Participant] = {}
    named = []
    for asked in demandes:
        check_participants(asked.participants, motif=asked.motif, personnes=asked.personnes)
        venants = find_venants([known.get(each, each) for each in asked.participants], by=by, at=at)
        for typed, venant in zip(asked.participants, venants, strict=True):
            known[typed] = replace(typed, usager_id=venant.usager.pk)
        named.append(replace(asked, participants=tuple(known[each] for each in asked.participants)))
    return named
