"""Who is away, until when, and who stands in."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from collectivites.acteur import Acteur
from collectivites.models import Agent, Service
from demandes.models import Absence
from demandes.travail.lecteurs import works_for
from journal.actions import record


class AbsenceRefusee(ValueError):
    """The absence can't be written as asked; the sentence says why."""


def find_absence(agent_id: int, at: datetime) -> Absence | None:
    """Return the absence the agent is in at this instant, on the local day of the town (one query)."""
    day = timedelta(days=1)
    near = Absence.objects.select_related("agent", "suppleant", "collectivite").filter(
        agent_id=agent_id, debut_on__lte=(at + day).date(), fin_on__gte=(at - day).date()
    )
    return next((each for each in near if each.debut_on <= _local_day(each, at) <= each.fin_on), None)


def _local_day(absence: Absence, at: datetime) -> date:
    return at.astimezone(ZoneInfo(absence.collectivite.fuseau)).date()


def find_suppleant(absence: Absence, service: Service | None, at: datetime) -> Agent | None:
    """Return who stands in for this service: the substitute, if they work there and are not away too."""
    substitute: Agent | None = absence.suppleant
    if substitute is None or not works_for(substitute.pk, service):
        return None
    return None if find_absence(substitute.pk, at) else substitute


def list_absences(*, of: int | None, today: date) -> "QuerySet[Absence]":
    """Return absences not over yet, soonest first: one agent's, or everybody's when `of` is None."""
    coming = Absence.objects.filter(fin_on__gte=today).select_related("agent", "suppleant")
    return (coming.filter(agent_id=of) if of else coming).order_by("debut_on", "agent__nom", "pk")


@transaction.atomic
def save_absence(
    *, agent: Agent, debut_on: date, fin_on: date, suppleant: Agent | None, by: Acteur, at: datetime
) -> Absence:
    """Write an absence from `debut_on` to `fin_on` included. Raises AbsenceRefusee (order, oneself, overlap)."""
    if fin_on < debut_on:
        raise AbsenceRefusee("L'absence finit avant de commencer\u00a0: vérifiez les dates.")
    if suppleant is not None and suppleant.pk == agent.pk:
        raise AbsenceRefusee("On ne se supplée pas soi-même\u00a0: choisissez un collègue.")
    try:
        with transaction.atomic():
            absence = Absence.objects.create(
                agent=agent, debut_on=debut_on, fin_on=fin_on, suppleant=suppleant, created_at=at
            )
    except IntegrityError as error:
        if "absence_sans_chevauchement" not in str(error):
            raise
        raise AbsenceRefusee(_tell_overlap(agent, debut_on, fin_on)) from error
    record(verbe="absence.saisie", objet_type="agent", objet_id=agent.pk, libelle="", by=by, at=at,
           du=debut_on.isoformat(), au=fin_on.isoformat())  # fmt: skip
    return absence


def _tell_overlap(agent: Agent, debut_on: date, fin_on: date) -> str:
    other = Absence.objects.filter(Q(debut_on__lte=fin_on, fin_on__gte=debut_on), agent=agent).first()
    known = f" du {other.debut_on:%d/%m/%Y} au {other.fin_on:%d/%m/%Y}" if other else ""
    return f"{agent} a déjà une absence{known}\u00a0: supprimez-la ou choisissez d'autres dates."


@transaction.atomic
def remove_absence(*, absence: Absence, by: Acteur, at: datetime) -> None:
    """Take an absence back."""
    record(verbe="absence.retiree", objet_type="agent", objet_id=absence.agent_id, libelle="", by=by, at=at,
           du=absence.debut_on.isoformat(), au=absence.fin_on.isoformat())  # fmt: skip
    absence.delete()
