"""Writes of unavailabilities: a person, a counter, a lieu or the whole town does not receive."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from journal.actions import record
from rendezvous.heures import get_day
from rendezvous.models import Indisponibilite, OccurrenceIndisponible, RendezVous
from rendezvous.offre.projection import get_fuseau, project_indisponibilite
from rendezvous.offre.refus import VersionPerimee
from rendezvous.offre.relecture import lock_touchees
from rendezvous.offre.verifications import check_indisponibilite
from socle.direct import publish_on_commit


@transaction.atomic
def save_indisponibilite(
    *, indisponibilite: Indisponibilite, version: int = 0, by: Acteur, at: datetime
) -> list[RendezVous]:
    """Create an unavailability, or change the one that was read at `version`; return the appointments to come inside.

    They stay. Show only those the agent may read: the list knows nothing of who asks. Raises OffreRefusee,
    VersionPerimee.
    """
    rule, is_new = indisponibilite, indisponibilite.pk is None
    if not rule.regle and rule.fin_on is None:
        rule.fin_on = rule.debut_on
    fuseau = get_fuseau(rule)
    check_indisponibilite(rule, fuseau=fuseau)
    lock_touchees(rule)
    if is_new:
        rule.created_at, rule.par_id = at, by.agent_id
    else:
        rule.version = _lock(rule.pk, version).version + 1
    rule.save()
    project_indisponibilite(rule, du=get_day(at, fuseau), fuseau=fuseau)
    _tell("offre.indisponibilite_ajoutee" if is_new else "offre.indisponibilite_modifiee", rule, by=by, at=at)
    return list_touches(rule, at=at)


@transaction.atomic
def remove_indisponibilite(*, indisponibilite: Indisponibilite, version: int, by: Acteur, at: datetime) -> None:
    """Lift an unavailability: its time is offered again at once. Raises VersionPerimee."""
    locked = _lock(indisponibilite.pk, version)
    _tell("offre.indisponibilite_retiree", locked, by=by, at=at)
    locked.delete()


def _lock(pk: int, version: int) -> Indisponibilite:
    locked = Indisponibilite.objects.select_for_update().filter(pk=pk).first()
    if locked is None or locked.version != version:
        raise VersionPerimee("Cette indisponibilité")
    return locked


def list_touches(rule: Indisponibilite, *, at: datetime) -> list[RendezVous]:
    """Return the appointments to come that an unavailability takes the time of, soonest first (one query)."""
    taken = OccurrenceIndisponible.objects.filter(
        indisponibilite=rule, debut_at__lt=OuterRef("fin_at"), fin_at__gt=OuterRef("debut_at")
    )
    coming = RendezVous.objects.live().filter(Exists(taken), fin_at__gt=at)
    if rule.lieu_id is not None:
        coming = coming.filter(lieu_id=rule.lieu_id)
    if rule.ressource_id is not None:
        coming = coming.filter(
            Q(occupations__ressource_id=rule.ressource_id, occupations__is_actif=True)
            | Q(seance__ressource_id=rule.ressource_id)
        ).distinct()
    return list(coming.for_list().order_by("debut_at", "pk"))


def _tell(verbe: str, rule: Indisponibilite, *, by: Acteur, at: datetime) -> None:
    record(
        verbe=verbe, objet_type="indisponibilite", objet_id=rule.pk, by=by, at=at, ressource=rule.ressource_id,
        lieu=rule.lieu_id, du=rule.debut_on.isoformat(), au=rule.fin_on.isoformat() if rule.fin_on else None,
    )  # fmt: skip
    publish_on_commit(collectivite_id=get_active_id(), sujet="rendezvous")
