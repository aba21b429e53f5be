"""A visit is booked whole or not at all, told once, cancelled whole or stop by stop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from collectivites.acteur import Acteur
from collectivites.numerotation import draw_number
from journal.actions import record
from rendezvous.etats import VIVANTS
from rendezvous.messages.parcours import queue_parcours
from rendezvous.models import ModeleParcours, Parcours, RendezVous
from rendezvous.parcours.combinaisons import Combinaison
from rendezvous.parcours.recherche import Etape
from rendezvous.reservation.actions import cancel_rendezvous
from rendezvous.reservation.groupe import book_all
from rendezvous.reservation.saisie import Participant, Reservation
from rendezvous.reservation.verrous import lock_clefs, retry_deadlock

ESPACE = UUID("5d5f3c0a-8a55-4d7e-9a53-6f0a1f7f9c21")


@dataclass(frozen=True)
class Visite:
    """A visit asked for: which slots for which stops, who comes, how it was asked. `clef`: of the client."""

    combinaison: Combinaison
    etapes: Sequence[Etape]
    participants: Sequence[Participant]
    canal: str
    clef: UUID
    is_ordonne: bool = False
    modele: ModeleParcours | None = None
    message: str = ""
    is_prevenu: bool = True
    is_invite: bool = False


@retry_deadlock
@transaction.atomic
def book_visite(*, visite: Visite, by: Acteur, at: datetime) -> Parcours:
    """Book every stop in one transaction, under one number, with one confirmation.

    The same `clef` again returns the visit already booked. Raises CreneauPris (nothing at all is booked),
    RendezVousRefuse.
    """
    lock_clefs([visite.clef])
    known = Parcours.objects.filter(clef=visite.clef).first()
    if known is not None:
        return known
    parcours = _open(visite, at=at)
    booked = book_all(demandes=[_ask(visite, parcours, index) for index in range(len(visite.etapes))], by=by, at=at)
    parcours.usager = booked[0].usager
    parcours.save(update_fields=["usager"])
    record(
        verbe="parcours.pris", objet_type="parcours", objet_id=parcours.pk, libelle=parcours.numero, by=by, at=at,
        rendezvous=len(booked),
    )  # fmt: skip
    if visite.is_prevenu:
        queue_parcours(parcours, by=by, at=at)
    return parcours


def _open(visite: Visite, *, at: datetime) -> Parcours:
    year = visite.combinaison.debut_at.year
    return Parcours.objects.create(
        numero=f"PAR-{year}-{draw_number(nature='PAR', annee=year):05d}",
        modele=visite.modele,
        is_ordonne=visite.is_ordonne,
        clef=visite.clef,
        created_at=at,
    )


def _ask(visite: Visite, parcours: Parcours, index: int) -> Reservation:
    """The stop lived at place `index`, with a key of its own drawn from the visit's."""
    etape = visite.etapes[visite.combinaison.rangs[index]]
    return Reservation(
        creneau=visite.combinaison.creneaux[index],
        motif=etape.motif,
        participants=visite.participants,
        canal=visite.canal,
        personnes=etape.personnes,
        clef=uuid5(ESPACE, f"{visite.clef}:{index}"),
        message=visite.message,
        is_prevenu=visite.is_prevenu,
        is_invite=visite.is_invite,
        parcours=parcours,
        rang=index,
    )


@transaction.atomic
def cancel_visite(
    *, parcours: Parcours, par: str, raison: str, by: Acteur, at: datetime, is_prevenu: bool = True
) -> list[RendezVous]:
    """Cancel every stop still to come. Raises RendezVousRefuse when a limit forbids one: then none is cancelled."""
    kept = list(parcours.rendezvous.filter(etat__in=VIVANTS, debut_at__gt=at).order_by("debut_at", "pk"))
    return [
        cancel_rendezvous(
            rendezvous=each, version=each.version, par=par, raison=raison, by=by, at=at, is_prevenu=is_prevenu
        )
        for each in kept
    ]


def list_etapes(parcours: Parcours) -> list[RendezVous]:
    """Return the stops of a visit in the order they are lived."""
    return list(parcours.rendezvous.for_list().order_by("debut_at", "pk"))
