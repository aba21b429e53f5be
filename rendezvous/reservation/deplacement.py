"""Moving: one UPDATE of the time taken, under the same constraint as booking. Never a deletion and a creation."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from collectivites.acteur import Acteur
from rendezvous.creneaux.modele import Creneau
from rendezvous.etats import Etat
from rendezvous.heures import get_day
from rendezvous.models import Occupation, Participation, RendezVous
from rendezvous.reservation.controle import check_deja_pris, check_lieu, check_limite, check_moment, is_public
from rendezvous.reservation.ecriture import expire_lien, get_current, list_ressources, update_at_version
from rendezvous.reservation.options import forget_option
from rendezvous.reservation.places import Besoin, Prise, erase_options, give_seats, read_besoin, take
from rendezvous.reservation.refus import RendezVousRefuse
from rendezvous.reservation.traces import Evenement, Genre, describe, leave_traces, write_moment
from rendezvous.reservation.verrous import retry_deadlock
from rendezvous.verrous import lock_ressources

DEPLACABLES = frozenset({Etat.CONFIRME, Etat.PRESENT})


@retry_deadlock
@transaction.atomic
def move_rendezvous(  # noqa: PLR0913 what is asked
    *,
    rendezvous: RendezVous,
    version: int,
    creneau: Creneau,
    by: Acteur,
    at: datetime,
    is_surbooking: bool = False,
    is_prevenu: bool = True,
    option: RendezVous | None = None,
    zone_id: int | None = None,
    is_groupe: bool = False,
) -> RendezVous:
    """Move an appointment to `creneau`, overlapping its own time or not. `version`: the one that was read.

    `option`: the slot held for it meanwhile, given back in the same transaction. The revision of its calendar event
    grows by one. Raises CreneauPris, RendezVousRefuse, VersionPerimee.
    """
    current = get_current(rendezvous, version)
    if current.etat not in DEPLACABLES:
        raise RendezVousRefuse("Seul un rendez-vous à venir se déplace.")
    if current.parcours_id is not None and is_public(by) and not is_groupe:
        raise RendezVousRefuse("Ce rendez-vous fait partie d'un parcours\u00a0: il ne se déplace pas seul.")
    check_limite(current, minutes=current.motif.deplacable_minutes, geste="le déplacer", by=by, at=at)
    besoin = _read_besoin(current, creneau, is_surbooking=is_surbooking, zone_id=zone_id, by=by)
    check_lieu(besoin.lieu)
    check_moment(besoin.motif, lieu=besoin.lieu, debut_at=besoin.debut_at, fin_at=besoin.fin_at, by=by, at=at)
    if option is not None:
        besoin = _give_back(option, besoin)
    moved = take(besoin, lambda prise: _write(current, version, besoin, prise, by=by, at=at), at=at)
    fait = Evenement(
        Genre.DEPLACE, moved, by=by, at=at, avant=current.debut_at, is_prevenu=is_prevenu, is_groupe=is_groupe
    )
    tell_deplace(fait)
    return moved


def _read_besoin(
    current: RendezVous, creneau: Creneau, *, is_surbooking: bool, zone_id: int | None, by: Acteur
) -> Besoin:
    besoin = read_besoin(
        creneau, motif=current.motif, personnes=current.personnes, is_surbooking=is_surbooking,
        is_public=is_public(by), zone_id=zone_id,
    )  # fmt: skip
    held = list_ressources(current)
    same_time = (besoin.debut_at, besoin.lieu.pk) == (current.debut_at, current.lieu_id)
    same_seance = besoin.seance is None or besoin.seance.pk == current.seance_id
    if same_time and same_seance and besoin.ressource_id in {0, *held}:
        raise RendezVousRefuse("Le rendez-vous est déjà à cette heure.")
    return replace(besoin, sauf=current.pk, aussi=frozenset(held))


def _give_back(option: RendezVous, besoin: Besoin) -> Besoin:
    """Release what was held for this move, and take the resource it held, if it was for this very time."""
    held = list_ressources(option)
    lock_ressources({*held, *besoin.aussi})
    still = RendezVous.objects.select_for_update(of=("self",)).filter(pk=option.pk, etat=Etat.OPTION).first()
    if still is None:
        return besoin
    forget_option(still)
    erase_options([still.pk])
    is_this = besoin.seance is None and (still.debut_at, still.lieu_id) == (besoin.debut_at, besoin.lieu.pk)
    return replace(besoin, ressource_id=held[0]) if is_this and held and not besoin.ressource_id else besoin


def _write(current: RendezVous, version: int, besoin: Besoin, prise: Prise, *, by: Acteur, at: datetime) -> RendezVous:
    usagers = list_usagers(current)
    if not besoin.is_surbooking:
        check_deja_pris(current.motif, usagers, debut_at=besoin.debut_at, fin_at=besoin.fin_at, sauf=current.pk, by=by)
    moved = update_at_version(current, version, **_describe(current, besoin, prise))
    if besoin.seance is None:
        Occupation.objects.filter(rendezvous_id=moved.pk, is_actif=True).update(
            ressource=prise.ressource_id, place=prise.place, debut_at=besoin.debut_at, fin_at=besoin.occupe_at,
            is_surbooking=prise.is_surbooking,
        )  # fmt: skip
    elif current.seance_id is not None:
        give_seats(current.seance_id, current.personnes)
    Participation.objects.filter(rendezvous_id=moved.pk).update(jeton_expire_at=expire_lien(moved.fin_at))
    return moved


def _describe(current: RendezVous, besoin: Besoin, prise: Prise) -> dict[str, Any]:
    """Who was here for another day is expected again."""
    jour = get_day(besoin.debut_at, besoin.lieu.fuseau)
    columns: dict[str, Any] = {
        "debut_at": besoin.debut_at, "fin_at": besoin.fin_at, "jour": jour, "lieu": besoin.lieu,
        "seance": besoin.seance, "is_surbooking": prise.is_surbooking, "sequence": current.sequence + 1,
    }  # fmt: skip
    return columns if jour == current.jour else columns | {"etat": Etat.CONFIRME, "present_at": None}


def list_usagers(rdv: RendezVous) -> list[int]:
    """Ids of who comes, the one we write to first."""
    return list(
        Participation.objects.filter(rendezvous_id=rdv.pk).order_by("rang").values_list("usager_id", flat=True)
    )


def tell_deplace(fait: Evenement) -> None:
    """Say that an appointment moved. `fait.avant` is its former start."""
    rdv = fait.rendezvous
    before = f" (auparavant {write_moment(fait.avant, rdv.lieu)})" if fait.avant else ""
    leave_traces(
        fait, verbe="rendezvous.deplace", titre="Rendez-vous déplacé", resume=f"{describe(rdv)}{before}",
        usagers=list_usagers(rdv), debut=rdv.debut_at.isoformat(), avant=fait.avant and fait.avant.isoformat(),
        en_surnombre=rdv.is_surbooking,
    )  # fmt: skip
