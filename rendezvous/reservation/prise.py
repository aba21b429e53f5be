"""Booking one appointment: the request checked, the time taken, who comes, the number, what is left behind."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from collectivites.acteur import Acteur
from rendezvous.etats import Etat
from rendezvous.models import Participation, RendezVous
from rendezvous.reservation.controle import check_lieu, check_moment, check_motif, check_participants, is_public
from rendezvous.reservation.ecriture import (
    build_rendezvous,
    describe_promesse,
    insert_participations,
    insert_rendezvous,
    lock_and_check,
    write_numero,
)
from rendezvous.reservation.personnes import find_venants
from rendezvous.reservation.places import Besoin, Prise, read_besoin, take
from rendezvous.reservation.refus import ClefDejaServie
from rendezvous.reservation.saisie import Reservation
from rendezvous.reservation.traces import Evenement, Genre, leave_traces
from socle.texte import clean


def book_one(asked: Reservation, *, empreinte: str, by: Acteur, at: datetime) -> RendezVous:
    """Book, inside the transaction of the caller, once its key is locked; the same request again gives the first one.

    Raises CreneauPris, RendezVousRefuse.
    """
    already = find_by_clef(asked.clef, empreinte, at=at)
    if already is not None:
        return already
    besoin = check_besoin(asked, by=by, at=at)
    check_participants(asked.participants, motif=asked.motif, personnes=asked.personnes)
    return take(besoin, lambda prise: _write(asked, besoin, prise, empreinte=empreinte, by=by, at=at), at=at)


def find_by_clef(clef: UUID | None, empreinte: str, *, at: datetime) -> RendezVous | None:
    """Return what this key has booked already. An option that expired lets its key go. Raises ClefDejaServie."""
    if clef is None:
        return None
    if not RendezVous.objects.filter(clef=clef).exists():  # nearly always: no need to plan five joins for it
        return None
    found = RendezVous.objects.select_related("motif__service", "lieu", "service", "usager", "seance").get(clef=clef)
    if found.etat == Etat.OPTION and found.expire_at is not None and found.expire_at <= at:
        RendezVous.objects.filter(pk=found.pk, etat=Etat.OPTION).update(clef=None)
        return None
    if found.empreinte != empreinte:
        raise ClefDejaServie
    return found


def check_besoin(asked: Reservation, *, by: Acteur, at: datetime) -> Besoin:
    """Check the request and return the time wanted; no lock yet. Raises RendezVousRefuse."""
    check_motif(asked, by=by)
    besoin = read_besoin(
        asked.creneau, motif=asked.motif, personnes=asked.personnes, is_surbooking=asked.is_surbooking,
        is_public=is_public(by), zone_id=asked.zone_id,
    )  # fmt: skip
    check_lieu(besoin.lieu)
    check_moment(besoin.motif, lieu=besoin.lieu, debut_at=besoin.debut_at, fin_at=besoin.fin_at, by=by, at=at)
    return besoin


def _write(
    asked: Reservation, besoin: Besoin, prise: Prise, *, empreinte: str, by: Acteur, at: datetime
) -> RendezVous:
    venants = find_venants(asked.participants, by=by, at=at)
    rdv = build_rendezvous(
        besoin, etat=Etat.CONFIRME, canal=asked.canal, clef=asked.clef, empreinte=empreinte, created_at=at,
        auteur_id=by.agent_id, note=clean(asked.note).strip(), parcours=asked.parcours, rang_parcours=asked.rang,
    )  # fmt: skip
    lock_and_check(rdv, venants, is_surbooking=asked.is_surbooking, by=by)
    promesse = describe_promesse(
        rdv, venants, message=asked.message, adresse=asked.adresse, telephone=asked.telephone,
        demande_id=asked.demande_id,
    )  # fmt: skip
    for name, value in promesse.items():
        setattr(rdv, name, value)
    rdv.numero = write_numero(rdv, at)
    insert_rendezvous(rdv, besoin, prise)
    coming = insert_participations(rdv, venants, is_prevenu=asked.is_prevenu)
    tell_pris(rdv, coming, by=by, at=at, is_prevenu=asked.is_prevenu)
    return rdv


def tell_pris(
    rdv: RendezVous, participations: Sequence[Participation], *, by: Acteur, at: datetime, is_prevenu: bool
) -> None:
    """Say that an appointment is promised to these persons."""
    fait = Evenement(Genre.CONFIRME, rdv, by=by, at=at, is_prevenu=is_prevenu, is_groupe=rdv.parcours_id is not None)
    leave_traces(
        fait, verbe="rendezvous.pris", titre="Rendez-vous pris", usagers=[each.usager_id for each in participations],
        canal=rdv.canal, debut=rdv.debut_at.isoformat(), en_surnombre=rdv.is_surbooking,
    )  # fmt: skip
