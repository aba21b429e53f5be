"""Collective sessions: a resource, a time, seats. Opened and moved by hand; cancelled for everybody at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from collectivites.acteur import Acteur
from collectivites.models import Lieu
from journal.actions import record
from rendezvous.etats import VIVANTS, Etat
from rendezvous.evenements import Evenement, Genre
from rendezvous.heures import get_day
from rendezvous.models import Motif, Occupation, Participation, RendezVous, Ressource, Seance
from rendezvous.offre.refus import VersionPerimee
from rendezvous.reservation.annulation import cancel_now
from rendezvous.reservation.deplacement import tell_deplace
from rendezvous.reservation.ecriture import expire_lien, read_all, update_at_version
from rendezvous.reservation.places import erase_options, give_seats, list_taken
from rendezvous.reservation.refus import CreneauPris, RendezVousRefuse
from rendezvous.reservation.traces import nudge
from rendezvous.reservation.verrous import is_double, retry_deadlock
from rendezvous.verrous import lock_ressources
from socle.texte import clean, truncate

PLACES_MAX = 500


@retry_deadlock
@transaction.atomic
def open_seance(  # noqa: PLR0913 what a session is
    *,
    motif: Motif,
    lieu: Lieu,
    ressource: Ressource,
    debut_at: datetime,
    fin_at: datetime,
    places: int,
    titre: str = "",
    by: Acteur,
    at: datetime,
) -> Seance:
    """Open a session: it takes all of its resource's time. Raises CreneauPris, RendezVousRefuse."""
    if not motif.is_collectif or not motif.is_active:
        raise RendezVousRefuse("Ce motif n'est pas collectif, ou n'est plus proposé.")
    _check_places(places, inscrits=0)
    _check_temps(debut_at, fin_at, ressource=ressource, lieu=lieu, at=at)
    lock_ressources([ressource.pk])
    occupe_at = fin_at + timedelta(minutes=motif.battement_minutes)
    if list_taken(ressource.pk, debut_at, occupe_at, at=at):
        raise CreneauPris
    seance = Seance.objects.create(
        motif=motif, lieu=lieu, ressource=ressource, debut_at=debut_at, fin_at=fin_at, places=places,
        jour=get_day(debut_at, lieu.fuseau), titre=truncate(clean(titre).strip(), 120), created_at=at,
    )  # fmt: skip
    with _refuse_double():
        Occupation.objects.create(seance=seance, ressource=ressource, debut_at=debut_at, fin_at=occupe_at)
    _record(seance, "seance.ouverte", by=by, at=at)
    return seance


def _check_places(places: int, *, inscrits: int) -> None:
    if not max(1, inscrits) <= places <= PLACES_MAX:
        held = f"\u00a0: {inscrits} personnes sont déjà inscrites" if inscrits > 1 else ""
        raise RendezVousRefuse(f"Une séance a de {max(1, inscrits)} à {PLACES_MAX}\u00a0places{held}.", champ="places")


def _check_temps(debut_at: datetime, fin_at: datetime, *, ressource: Ressource, lieu: Lieu, at: datetime) -> None:
    """Raises RendezVousRefuse."""
    if not debut_at < fin_at:
        raise RendezVousRefuse("La fin vient après le début.", champ="fin_at")
    if debut_at < at:
        raise RendezVousRefuse("Cette heure est déjà passée.", champ="debut_at")
    if get_day(fin_at - timedelta(microseconds=1), lieu.fuseau) != get_day(debut_at, lieu.fuseau):
        raise RendezVousRefuse("Une séance commence et finit le même jour.", champ="fin_at")
    if not lieu.is_active or not ressource.is_active:
        raise RendezVousRefuse("Ce lieu ou cette personne ne reçoit plus de public.")


@contextmanager
def _refuse_double() -> Iterator[None]:
    """A savepoint: the constraint has the last word. Raises CreneauPris."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if not is_double(error):
            raise
        raise CreneauPris from error


@retry_deadlock
@transaction.atomic
def resize_seance(*, seance: Seance, version: int, places: int, titre: str, by: Acteur, at: datetime) -> Seance:
    """Change the seats and the title. Raises RendezVousRefuse, also below the seats taken, VersionPerimee."""
    current = _lock(seance, version)
    _check_places(places, inscrits=current.inscrits)
    current.places, current.titre = places, truncate(clean(titre).strip(), 120)
    current.version += 1
    current.save(update_fields=["places", "titre", "version"])
    _record(current, "seance.modifiee", by=by, at=at, places=places)
    return current


@retry_deadlock
@transaction.atomic
def move_seance(  # noqa: PLR0913 what a session is
    *,
    seance: Seance,
    version: int,
    debut_at: datetime,
    fin_at: datetime,
    lieu: Lieu | None = None,
    ressource: Ressource | None = None,
    by: Acteur,
    at: datetime,
    is_prevenu: bool = True,
) -> Seance:
    """Move a session, and everybody who comes with it: each one is told, unless nothing that they know changes.

    Raises CreneauPris, RendezVousRefuse, VersionPerimee.
    """
    host, where = ressource or seance.ressource, lieu or seance.lieu
    _check_temps(debut_at, fin_at, ressource=host, lieu=where, at=at)
    current = _lock(seance, version, host.pk)
    if current.debut_at <= at:
        raise RendezVousRefuse("Cette séance a commencé\u00a0: elle ne se déplace plus.")
    is_same = (current.debut_at, current.fin_at, current.lieu_id) == (debut_at, fin_at, where.pk)
    if is_same and current.ressource_id == host.pk:
        raise RendezVousRefuse("La séance est déjà là, à cette heure.", champ="debut_at")
    occupe_at = fin_at + timedelta(minutes=current.motif.battement_minutes)
    if list_taken(host.pk, debut_at, occupe_at, sauf_seance=current.pk, at=at):
        raise CreneauPris
    temps = {"debut_at": debut_at, "fin_at": fin_at, "lieu": where}
    jour = get_day(debut_at, where.fuseau)
    Seance.objects.filter(pk=current.pk).update(**temps, ressource=host, jour=jour, version=version + 1)
    with _refuse_double():
        Occupation.objects.filter(seance=current).update(ressource=host, debut_at=debut_at, fin_at=occupe_at)
    _record(
        current, "seance.deplacee", by=by, at=at, avant=current.debut_at.isoformat(), debut=debut_at.isoformat(),
        lieu=where.pk, ressource=host.pk,
    )  # fmt: skip
    for rdv in [] if is_same else _list_booked(current):
        moved = update_at_version(rdv, rdv.version, **temps, jour=jour, sequence=rdv.sequence + 1)
        Participation.objects.filter(rendezvous_id=rdv.pk).update(jeton_expire_at=expire_lien(fin_at))
        tell_deplace(Evenement(Genre.DEPLACE, moved, by=by, at=at, avant=rdv.debut_at, is_prevenu=is_prevenu))
    RendezVous.objects.filter(seance=current, etat=Etat.OPTION).update(**temps, jour=jour)
    return Seance.objects.get(pk=current.pk)


@retry_deadlock
@transaction.atomic
def cancel_seance(
    *, seance: Seance, version: int, raison: str, by: Acteur, at: datetime, is_prevenu: bool = True
) -> int:
    """Cancel a session: each appointment is cancelled by the service and told; return how many.

    Its time is free at once. Raises RendezVousRefuse when it is cancelled already or has begun, VersionPerimee.
    """
    current = _lock(seance, version)
    if current.debut_at <= at:
        raise RendezVousRefuse("Cette séance a commencé\u00a0: marquez qui est venu.")
    options = RendezVous.objects.filter(seance=current, etat=Etat.OPTION)
    give_seats(current.pk, sum(options.values_list("personnes", flat=True)))
    erase_options(list(options.values_list("pk", flat=True)))
    booked = _list_booked(current)
    for rdv in booked:
        cancel_now(rdv, etat=Etat.ANNULE_SERVICE, raison=raison, by=by, at=at, is_prevenu=is_prevenu)
    Seance.objects.filter(pk=current.pk).update(is_annulee=True, version=version + 1)
    Occupation.objects.filter(seance=current).update(is_actif=False)
    _record(current, "seance.annulee", by=by, at=at, rendezvous=len(booked))
    return len(booked)


def _lock(seance: Seance, version: int, *aussi: int) -> Seance:
    """Lock the resource of a session (and others), then read it. Raises RendezVousRefuse, VersionPerimee."""
    lock_ressources({seance.ressource_id, *aussi})
    current = Seance.objects.select_related("motif", "lieu", "ressource").select_for_update(of=("self",))
    fresh = current.get(pk=seance.pk)
    if fresh.is_annulee:
        raise RendezVousRefuse("Cette séance est annulée.")
    if fresh.version != version:
        raise VersionPerimee("Cette séance")
    return fresh


def _list_booked(seance: Seance) -> list[RendezVous]:
    """Those still to be held, their rows locked in order."""
    rows = read_all().filter(seance=seance, etat__in=VIVANTS).order_by("pk")
    return list(rows.select_for_update(of=("self",), no_key=True))


def _record(seance: Seance, verbe: str, *, by: Acteur, at: datetime, **details: Any) -> None:
    record(
        verbe=verbe, objet_type="seance", objet_id=seance.pk, libelle=seance.titre or seance.motif.libelle, by=by,
        at=at, **details,
    )  # fmt: skip
    nudge()
