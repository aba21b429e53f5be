"""Options: a slot held while the usager fills the form, ten minutes by default; then promised, dropped or released."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from collectivites.acteur import AUTOMATE, Acteur
from collectivites.reglages import get_reglage
from rendezvous.creneaux.modele import Creneau
from rendezvous.etats import ANNULES, Etat
from rendezvous.evenements import tell
from rendezvous.models import Motif, Occupation, RendezVous
from rendezvous.reservation.controle import check_debut, check_participants, is_public
from rendezvous.reservation.ecriture import (
    build_rendezvous,
    describe_promesse,
    get_locked,
    insert_participations,
    insert_rendezvous,
    list_ressources,
    lock_and_check,
    update_at_version,
    write_numero,
)
from rendezvous.reservation.personnes import find_venants
from rendezvous.reservation.places import Besoin, Prise, erase_options, give_seats, propose, take
from rendezvous.reservation.prise import check_besoin, find_by_clef, tell_pris
from rendezvous.reservation.refus import CreneauPris, RendezVousRefuse
from rendezvous.reservation.saisie import Participant, Reservation, fingerprint
from rendezvous.reservation.traces import Evenement, Genre, nudge
from rendezvous.reservation.verrous import lock_clefs, retry_deadlock
from rendezvous.verrous import lock_ressources, shrink
from socle.texte import clean


@retry_deadlock
@transaction.atomic
def hold_creneau(  # noqa: PLR0913 what is asked
    *,
    creneau: Creneau,
    motif: Motif,
    personnes: int,
    clef: UUID | None,
    canal: str,
    by: Acteur,
    at: datetime,
    minutes: int | None = None,
    is_invite: bool = False,
    zone_id: int | None = None,
) -> RendezVous:
    """Hold a slot (state « option ») until `at` + `minutes`, the town's value by default. Raises CreneauPris,
    RendezVousRefuse.

    The same `clef` and content again gives the option there, or the appointment it became. `creneau.ressource_id` 0:
    the least loaded who is free.
    """
    asked = Reservation(creneau, motif, (), canal, personnes, clef, is_invite=is_invite, zone_id=zone_id)
    empreinte = fingerprint(asked)
    lock_clefs([clef])
    already = find_by_clef(clef, empreinte, at=at)
    if already is not None:
        return already
    besoin = check_besoin(asked, by=by, at=at)
    expire_at = at + timedelta(minutes=minutes or get_reglage("rendezvous.retenue_minutes"))

    def write(prise: Prise) -> RendezVous:
        rdv = build_rendezvous(
            besoin, etat=Etat.OPTION, canal=canal, clef=clef, empreinte=empreinte, created_at=at,
            expire_at=expire_at, auteur_id=by.agent_id, numero=f"OPT-{uuid4().hex[:16]}",
        )  # fmt: skip
        insert_rendezvous(rdv, besoin, prise)
        return rdv

    option = take(besoin, write, at=at)
    nudge()
    return option


@retry_deadlock
@transaction.atomic
def confirm_option(  # noqa: PLR0913 what was typed
    *,
    rendezvous: RendezVous,
    participants: Sequence[Participant],
    by: Acteur,
    at: datetime,
    message: str = "",
    adresse: str = "",
    telephone: str = "",
    demande_id: int | None = None,
    note: str = "",
    is_prevenu: bool = True,
) -> RendezVous:
    """Promise the slot that was held. Confirmed twice, it is promised once. Raises CreneauPris, RendezVousRefuse.

    An option that expired is still honoured while nobody took its time: the usager was slow, not late. Once released
    or taken, CreneauPris tells the nearest slots.
    """
    lock_ressources(list_ressources(rendezvous))
    option = get_locked(rendezvous)
    if option is None:
        raise CreneauPris(propose(_read_besoin(rendezvous, by), at=at))
    if option.etat != Etat.OPTION:
        return _check_confirmed(option)
    check_debut(option.debut_at, option.fin_at, by=by, at=at)
    check_participants(participants, motif=option.motif, personnes=option.personnes)
    venants = find_venants(participants, by=by, at=at)
    lock_and_check(option, venants, is_surbooking=False, by=by)
    champs = describe_promesse(
        option, venants, message=message, adresse=adresse, telephone=telephone, demande_id=demande_id
    ) | {"etat": Etat.CONFIRME, "expire_at": None, "created_at": at, "note": clean(note).strip()}
    rdv = update_at_version(option, option.version, numero=write_numero(option, at), **champs)
    Occupation.objects.filter(rendezvous_id=rdv.pk).update(expire_at=None)
    tell_pris(rdv, insert_participations(rdv, venants, is_prevenu=is_prevenu), by=by, at=at, is_prevenu=is_prevenu)
    return rdv


def _check_confirmed(rdv: RendezVous) -> RendezVous:
    """Two tabs sent the same option: one appointment."""
    if rdv.etat in ANNULES:
        raise RendezVousRefuse("Ce rendez-vous a été annulé.")
    return rdv


def _read_besoin(rdv: RendezVous, by: Acteur) -> Besoin:
    return Besoin(
        rdv.motif, rdv.lieu, rdv.debut_at, rdv.fin_at, rdv.personnes, seance=rdv.seance, is_public=is_public(by)
    )


@retry_deadlock
@transaction.atomic
def drop_option(*, rendezvous: RendezVous, at: datetime) -> None:
    """Let the slot go before its time. Does nothing when the option is no longer one."""
    lock_ressources(list_ressources(rendezvous))
    _release(rendezvous, at=at)


@retry_deadlock
@transaction.atomic
def sweep_options(*, at: datetime) -> int:
    """Release every option of the active town that expired; return how many. Twice at once releases each once."""
    expired = RendezVous.objects.expired(at).select_related("seance").prefetch_related("occupations")
    options = [(list_held(option), option) for option in expired]
    lock_ressources({ressource for held, _ in options for ressource in held})
    return sum(_release(option, at=at, expired_only=True) for _, option in options)


def list_held(option: RendezVous) -> list[int]:
    """Ids of the resources of an option whose rows are loaded, by order of lock."""
    held = [occupation.ressource_id for occupation in option.occupations.all()]
    return sorted([*held, *([option.seance.ressource_id] if option.seance else [])], key=shrink)


def _release(option: RendezVous, *, at: datetime, expired_only: bool = False) -> bool:
    """Free its time, tell it, erase it. False when it was confirmed or released meanwhile."""
    current = get_locked(option)
    if current is None or current.etat != Etat.OPTION:
        return False
    if expired_only and (current.expire_at is None or current.expire_at > at):
        return False
    forget_option(current)
    tell(Evenement(Genre.LIBERE, current, by=AUTOMATE, at=at))
    erase_options([current.pk])
    nudge()
    return True


def forget_option(option: RendezVous) -> None:
    """Give back its time and its seats, under the lock of its resource; the row is still there for who is told."""
    if option.seance_id is not None:
        give_seats(option.seance_id, option.personnes)
    Occupation.objects.filter(rendezvous_id=option.pk).update(is_actif=False)
