"""A visit is booked whole or not at all, told once, cancelled whole or stop by stop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from collectivites.acteur import Acteur
from collectivites.numerotation import draw_number
from journal.actions import record
from rendezvous.creneaux.modele import Creneau
from rendezvous.etats import VIVANTS, Etat
from rendezvous.messages.parcours import queue_parcours
from rendezvous.models import ModeleParcours, Parcours, RendezVous
from rendezvous.parcours.combinaisons import ETAPES_MAX, Combinaison
from rendezvous.parcours.recherche import Etape
from rendezvous.reservation.actions import cancel_rendezvous, confirm_option, drop_option, hold_creneau
from rendezvous.reservation.ecriture import list_ressources
from rendezvous.reservation.groupe import book_all
from rendezvous.reservation.refus import CreneauPris
from rendezvous.reservation.saisie import Participant, Reservation
from rendezvous.reservation.verrous import lock_clefs, retry_deadlock
from rendezvous.verrous import lock_ressources

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
    parcours = _open(
        visite.clef, year=visite.combinaison.debut_at.year, is_ordonne=visite.is_ordonne, modele=visite.modele, at=at
    )
    booked = book_all(demandes=[_ask(visite, parcours, index) for index in range(len(visite.etapes))], by=by, at=at)
    _settle(parcours, booked, by=by, at=at)
    if visite.is_prevenu:
        queue_parcours(parcours, by=by, at=at)
    return parcours


def _open(clef: UUID, *, year: int, is_ordonne: bool, modele: ModeleParcours | None, at: datetime) -> Parcours:
    numero = f"PAR-{year}-{draw_number(nature='PAR', annee=year):05d}"
    return Parcours.objects.create(numero=numero, modele=modele, is_ordonne=is_ordonne, clef=clef, created_at=at)


def _ask(visite: Visite, parcours: Parcours, index: int) -> Reservation:
    """The stop lived at place `index`, with a key of its own drawn from the visit's."""
    etape = visite.etapes[visite.combinaison.rangs[index]]
    return Reservation(
        creneau=visite.combinaison.creneaux[index],
        motif=etape.motif,
        participants=visite.participants,
        canal=visite.canal,
        personnes=etape.personnes,
        clef=name_etape(visite.clef, index),
        message=visite.message,
        is_prevenu=visite.is_prevenu,
        is_invite=visite.is_invite,
        parcours=parcours,
        rang=index,
    )


def name_etape(clef: UUID, index: int) -> UUID:
    """Return the idempotency key of one stop, drawn from the visit's."""
    return uuid5(ESPACE, f"{clef}:{index}")


@retry_deadlock
@transaction.atomic
def hold_visite(*, visite: Visite, by: Acteur, at: datetime) -> list[RendezVous]:
    """Hold every slot while the form is filled, or none; another choice under the same key lets the former one go.

    Returns the options in the order they are lived (or the appointments, once confirmed). Raises CreneauPris,
    RendezVousRefuse.
    """
    lock_clefs([visite.clef])
    held = list_held(visite.clef)
    if held and all(each.etat != Etat.OPTION for each in held):
        return held
    if _is_held(held, visite, at=at):
        return held
    for option in held:
        drop_option(rendezvous=option, at=at)
    return [
        hold_creneau(
            creneau=creneau, motif=visite.etapes[rang].motif, personnes=visite.etapes[rang].personnes,
            clef=name_etape(visite.clef, index), canal=visite.canal, by=by, at=at, is_invite=visite.is_invite,
        )
        for index, (rang, creneau) in enumerate(visite.combinaison.list_etapes())
    ]  # fmt: skip


def _is_held(held: Sequence[RendezVous], visite: Visite, *, at: datetime) -> bool:
    creneaux = visite.combinaison.creneaux
    live = [each for each in held if each.expire_at is not None and each.expire_at > at]
    return len(live) == len(held) == len(creneaux) and all(map(_is_same, held, creneaux))


def _is_same(option: RendezVous, creneau: Creneau) -> bool:
    there = (option.motif_id, option.debut_at, option.lieu_id)
    return there == (creneau.motif_id, creneau.debut_at, creneau.lieu_id)


def list_held(clef: UUID) -> list[RendezVous]:
    """Return what is held or booked under the key of a visit, in the order it is lived (one query)."""
    keys = [name_etape(clef, index) for index in range(ETAPES_MAX)]
    return list(RendezVous.objects.for_list().filter(clef__in=keys).order_by("debut_at", "pk"))


@retry_deadlock
@transaction.atomic
def confirm_visite(  # noqa: PLR0913 what was typed
    *,
    clef: UUID,
    nombre: int,
    participants: Sequence[Participant],
    by: Acteur,
    at: datetime,
    modele: ModeleParcours | None = None,
    is_ordonne: bool = False,
    message: str = "",
    telephone: str = "",
) -> Parcours:
    """Promise the `nombre` slots that were held, under one number, with one confirmation. Twice is once.

    A stop whose motif counts fewer persons than came is for the first of them. Raises CreneauPris (nothing at all is
    promised), RendezVousRefuse.
    """
    lock_clefs([clef])
    known = Parcours.objects.filter(clef=clef).first()
    if known is not None:
        return known
    held = list_held(clef)
    if len(held) < nombre:  # one expired and somebody took its time: half a visit is no visit
        raise CreneauPris
    parcours = _open(clef, year=held[0].debut_at.year, is_ordonne=is_ordonne, modele=modele, at=at)
    lock_ressources(
        {ressource for each in held for ressource in list_ressources(each)}
    )  # all before the first is written
    for rang, option in enumerate(held):
        RendezVous.objects.filter(pk=option.pk).update(parcours=parcours, rang_parcours=rang)
    booked = [
        confirm_option(
            rendezvous=option, participants=participants[: option.personnes], by=by, at=at, message=message,
            telephone=telephone,
        )
        for option in held
    ]  # fmt: skip
    _settle(parcours, booked, by=by, at=at)
    queue_parcours(parcours, by=by, at=at)
    return parcours


def _settle(parcours: Parcours, booked: Sequence[RendezVous], *, by: Acteur, at: datetime) -> None:
    """Say whose visit it is, in the row and in the journal."""
    parcours.usager = booked[0].usager
    parcours.save(update_fields=["usager"])
    record(
        verbe="parcours.pris", objet_type="parcours", objet_id=parcours.pk, libelle=parcours.numero, by=by, at=at,
        rendezvous=len(booked),
    )  # fmt: skip


@retry_deadlock
@transaction.atomic
def cancel_visite(
    *, parcours: Parcours, par: str, raison: str, by: Acteur, at: datetime, is_prevenu: bool = True
) -> list[RendezVous]:
    """Cancel every stop still to come. Raises RendezVousRefuse when a limit forbids one: then none is cancelled."""
    kept = list(parcours.rendezvous.filter(etat__in=VIVANTS, debut_at__gt=at).order_by("debut_at", "pk"))
    lock_ressources(
        {ressource for each in kept for ressource in list_ressources(each)}
    )  # all before the first is written
    cancelled = [
        cancel_rendezvous(
            rendezvous=each, version=each.version, par=par, raison=raison, by=by, at=at, is_prevenu=is_prevenu,
            is_groupe=True,
        )
        for each in kept
    ]  # fmt: skip
    if cancelled and is_prevenu:
        queue_parcours(parcours, by=by, at=at)
    return cancelled


def list_etapes(parcours: Parcours) -> list[RendezVous]:
    """Return the stops of a visit in the order they are lived."""
    return list(parcours.rendezvous.for_list().order_by("debut_at", "pk"))
