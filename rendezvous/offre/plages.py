"""Writes of opening ranges: « toutes », « les suivantes », « cette occurrence ». Told from `offre.actions`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from demandes.models import Zone
from journal.actions import record
from rendezvous.heures import get_day
from rendezvous.models import Motif, OccurrencePlage, PlageMotif, PlageOuverture, PlageZone, RendezVous
from rendezvous.offre.avertissements import list_avertissements
from rendezvous.offre.orphelins import find_orphelins, list_tenus
from rendezvous.offre.projection import project_plage
from rendezvous.offre.rangement import reseat
from rendezvous.offre.recurrence import find_next_day, list_days
from rendezvous.offre.refus import OffreRefusee, VersionPerimee
from rendezvous.offre.relecture import lock_offre, lock_plages
from rendezvous.offre.verifications import check_plage
from socle.direct import publish_on_commit
from socle.ecriture import write_jour


@dataclass(frozen=True)
class PlageEnregistree:
    """A range as written. `orphelins`: appointments that it held and that nothing holds now; they stay.

    Show only those the agent may read: the list knows nothing of who asks.
    """

    plage: PlageOuverture
    avertissements: list[str]
    orphelins: list[RendezVous]


@transaction.atomic
def save_plage(
    *,
    plage: PlageOuverture,
    motifs: Collection[Motif],
    zones: Collection[Zone],
    version: int | None,
    by: Acteur,
    at: datetime,
) -> PlageEnregistree:
    """Create a range, or rewrite it whole (« toutes »): its days from today follow at once, its past stays.

    Raises OffreRefusee (RegleRefusee, BlocsRefuses), VersionPerimee.
    """
    lock_plages(plage)
    avant = lock_plage(plage.pk, version) if plage.pk else None
    held = _list_held(plage, avant, at=at)
    _write(plage, motifs, zones, avant=avant, at=at)
    _tell("offre.plage_modifiee" if avant else "offre.plage_creee", plage, by=by, at=at)
    return _report(plage, motifs, held, at=at)


@transaction.atomic
def skip_day(*, plage: PlageOuverture, jour: date, version: int, by: Acteur, at: datetime) -> PlageEnregistree:
    """Take one day out of a range (« cette occurrence »). Raises OffreRefusee, VersionPerimee."""
    lock_plages(plage)
    locked = lock_plage(plage.pk, version)
    if jour < get_day(at, locked.lieu.fuseau):
        raise OffreRefusee("Ce jour est passé\u00a0: il ne peut plus être retiré.")
    if not _has_day(locked, jour):
        raise OffreRefusee(f"La plage n'ouvre pas le {write_jour(jour, annee=True)}.")
    held = list_tenus({locked.ressource_id}, at=at)
    locked.exceptions = sorted({*locked.exceptions, jour})
    locked.version += 1
    locked.save(update_fields=["exceptions", "version"])
    project_plage(locked, du=jour, au=jour)
    _tell("offre.plage_jour_saute", locked, by=by, at=at, jour=jour.isoformat())
    return PlageEnregistree(locked, [], _find_left(held, {locked.ressource_id}, at=at))


@transaction.atomic
def split_plage(
    *,
    plage: PlageOuverture,
    a_partir_on: date,
    champs: dict[str, Any],
    motifs: Collection[Motif],
    zones: Collection[Zone],
    version: int,
    by: Acteur,
    at: datetime,
) -> PlageEnregistree:
    """Change a range from a day on (« les suivantes »): it ends the day before, a new one goes on with `champs`.

    The new range starts on the first day of the old rule from there: one week in two stays in step. From its very
    first day it is the whole range that changes. Raises OffreRefusee, VersionPerimee.
    """
    ahead = champs.get("ressource")
    lock_offre({plage.ressource_id, ahead.pk if ahead else plage.ressource_id})
    locked = lock_plage(plage.pk, version)
    if a_partir_on < get_day(at, locked.lieu.fuseau):
        raise OffreRefusee("Ce jour est passé\u00a0: choisissez un jour à venir.")
    first = find_next_day(
        locked.regle, premier_on=locked.premier_on, jusqu_on=locked.jusqu_on, exceptions=locked.exceptions,
        du=a_partir_on,
    )  # fmt: skip
    if first is None:
        raise OffreRefusee(f"La plage n'ouvre plus à partir du {write_jour(a_partir_on, annee=True)}.")
    if not _opens_before(locked, a_partir_on):
        _change(locked, champs)
        return save_plage(plage=locked, motifs=motifs, zones=zones, version=version, by=by, at=at)
    suite = _copy(locked)
    _change(suite, {"premier_on": first, **champs})
    if suite.premier_on < a_partir_on:  # a form sends back the first day of the whole range
        suite.premier_on = first
    suite.exceptions = [day for day in suite.exceptions if day >= suite.premier_on]
    held = _list_held(suite, locked, at=at)
    locked.jusqu_on, locked.version = a_partir_on - timedelta(days=1), locked.version + 1
    locked.save(update_fields=["jusqu_on", "version"])
    project_plage(locked, du=a_partir_on)
    _write(suite, motifs, zones, avant=None, at=at, suite_de=locked)
    _tell("offre.plage_coupee", locked, by=by, at=at, suite=suite.pk, a_partir=a_partir_on.isoformat())
    _tell("offre.plage_creee", suite, by=by, at=at, suite_de=locked.pk)
    return _report(suite, motifs, held, at=at)


@transaction.atomic
def retire_plage(*, plage: PlageOuverture, version: int, by: Acteur, at: datetime) -> list[RendezVous]:
    """Close a range for good; return the appointments that nothing holds now. Raises VersionPerimee, OffreRefusee."""
    lock_plages(plage)
    locked = lock_plage(plage.pk, version)
    held = list_tenus({locked.ressource_id}, at=at)
    close_plage(locked, by=by, at=at)
    return _find_left(held, {locked.ressource_id}, at=at)


def close_plage(locked: PlageOuverture, *, by: Acteur, at: datetime) -> None:
    """Close a range already locked: what it opened in the past stays, for statistics."""
    locked.is_active, locked.version = False, locked.version + 1
    locked.save(update_fields=["is_active", "version"])
    OccurrencePlage.objects.filter(plage=locked, fin_at__gt=at).delete()
    _tell("offre.plage_retiree", locked, by=by, at=at)


def lock_plage(pk: int, version: int | None) -> PlageOuverture:
    """Return the range as it stands, locked. Raises VersionPerimee when it moved, OffreRefusee when it is closed."""
    rows = PlageOuverture.objects.select_related("lieu", "ressource__guichet", "guichet")
    locked = rows.select_for_update(no_key=True, of=("self",)).filter(pk=pk).first()
    if locked is None or locked.version != version:
        raise VersionPerimee("Cette plage")
    if not locked.is_active:
        raise OffreRefusee("Cette plage a été retirée\u00a0: créez-en une autre.")
    return locked


def _list_held(plage: PlageOuverture, avant: PlageOuverture | None, *, at: datetime) -> list[RendezVous]:
    return list_tenus({avant.ressource_id, plage.ressource_id}, at=at) if avant else []


def _write(
    plage: PlageOuverture,
    motifs: Collection[Motif],
    zones: Collection[Zone],
    *,
    avant: PlageOuverture | None,
    at: datetime,
    suite_de: PlageOuverture | None = None,
) -> None:
    today = get_day(at, plage.lieu.fuseau)
    if not plage.regle:
        plage.jusqu_on = plage.premier_on
    check_plage(plage, motifs, avant=avant or suite_de, today=today)
    plage.is_active, plage.version = True, avant.version + 1 if avant else 1
    plage.save()
    PlageMotif.objects.filter(plage=plage).delete()
    PlageMotif.objects.bulk_create(PlageMotif(plage=plage, motif=motif) for motif in motifs)
    PlageZone.objects.filter(plage=plage).delete()
    PlageZone.objects.bulk_create(PlageZone(plage=plage, zone=zone) for zone in zones)
    first = min(today, get_day(at, avant.lieu.fuseau)) if avant else today
    project_plage(plage, du=first)


def _report(
    plage: PlageOuverture, motifs: Collection[Motif], held: list[RendezVous], *, at: datetime
) -> PlageEnregistree:
    warnings = list_avertissements(plage, motifs, du=get_day(at, plage.lieu.fuseau))
    return PlageEnregistree(plage, warnings, _find_left(held, {plage.ressource_id}, at=at))


def _find_left(held: list[RendezVous], ressources: set[int], *, at: datetime) -> list[RendezVous]:
    """Seat again who lost a place, then return those that nothing holds now."""
    reseat(ressources, at=at)
    return find_orphelins(held)


def _has_day(plage: PlageOuverture, jour: date) -> bool:
    return bool(list_days(
        plage.regle, premier_on=plage.premier_on, jusqu_on=plage.jusqu_on, exceptions=plage.exceptions,
        du=jour, au=jour,
    ))  # fmt: skip


def _opens_before(plage: PlageOuverture, jour: date) -> bool:
    first = find_next_day(plage.regle, premier_on=plage.premier_on, jusqu_on=plage.jusqu_on, exceptions=(),
                          du=plage.premier_on)  # fmt: skip
    return first is not None and first < jour


def _copy(plage: PlageOuverture) -> PlageOuverture:
    fields = [field.attname for field in PlageOuverture._meta.concrete_fields if not field.primary_key]
    return PlageOuverture(**{name: getattr(plage, name) for name in fields})


def _change(plage: PlageOuverture, champs: dict[str, Any]) -> None:
    for name, value in champs.items():
        setattr(plage, name, value)


def _tell(verbe: str, plage: PlageOuverture, *, by: Acteur, at: datetime, **details: Any) -> None:
    record(
        verbe=verbe, objet_type="plage", objet_id=plage.pk, libelle=plage.libelle, by=by, at=at,
        version=plage.version, ressource=plage.ressource_id, lieu=plage.lieu_id, **details,
    )  # fmt: skip
    publish_on_commit(collectivite_id=get_active_id(), sujet="rendezvous")
