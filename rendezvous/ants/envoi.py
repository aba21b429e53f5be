"""Making the calls that wait: one worker a row, one row at a time for a person, the network out of transactions."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q

from collectivites.balayage import list_pairs
from collectivites.cloison import collectivite_active
from rendezvous.ants.coordination import CoordinationEnPanne, declare, read_statuts, withdraw
from rendezvous.ants.numeros import Statut
from rendezvous.models import EchangeAnts

BAIL = timedelta(minutes=1)
# Twelve tries over two days, as patient as its outages are long.
ATTENTES = tuple(timedelta(minutes=m) for m in (1, 2, 5, 10, 30, 60, 120, 240, 480, 720, 1440))
Etat, Action = EchangeAnts.Etat, EchangeAnts.Action


@dataclass(frozen=True)
class Issue:
    """What became of a call. `passager`: try again later."""

    etat: str
    detail: str = ""
    passager: bool = False


def deliver(*, collectivite_id: int, echange_id: int, at: datetime) -> None:
    """Make one call and write what became of it. Twice at once makes one call: the lease decides."""
    with collectivite_active(collectivite_id):
        row = _claim(echange_id, at=at)
    if row is None:
        return
    issue = _call(row)
    with collectivite_active(collectivite_id):
        _settle(row, issue, at=at)


def _claim(echange_id: int, *, at: datetime) -> EchangeAnts | None:
    """Take the row if nothing older of the same person waits."""
    free = Q(bail_at__isnull=True) | Q(bail_at__lte=at)
    row = EchangeAnts.objects.filter(free, pk=echange_id, etat=Etat.A_FAIRE, prevu_at__lte=at)
    found = row.first()
    if found is None or _has_older(found):
        return None
    taken = row.update(bail_at=at + BAIL, essais=F("essais") + 1)
    found.essais += 1
    return found if taken else None


def _has_older(row: EchangeAnts) -> bool:
    older = EchangeAnts.objects.filter(participation_id=row.participation_id, pk__lt=row.pk, etat=Etat.A_FAIRE)
    return older.exists()


def _call(row: EchangeAnts) -> Issue:
    try:
        return _withdraw(row) if row.action == Action.SUPPRIMER else _declare(row)
    except CoordinationEnPanne as panne:
        return Issue(Etat.ECHEC, str(panne)[:300], panne.passager)


def _withdraw(row: EchangeAnts) -> Issue:
    withdraw(row.charge)
    return Issue(Etat.FAIT)


def _declare(row: EchangeAnts) -> Issue:
    """Declare once: after a worker died between the call and the mark, the coordination says it is there already."""
    avis = read_statuts([row.charge["application_id"]], lieu=row.charge["meeting_point_id"])[0]
    if avis.statut != Statut.VALIDE:
        return Issue(Etat.INUTILE, f"statut {avis.statut}")
    if any(each.url == row.charge["management_url"] and _same_hour(each.le, row) for each in avis.ailleurs):
        return Issue(Etat.FAIT, "déjà déclaré")
    declare(row.charge)
    return Issue(Etat.FAIT)


def _same_hour(le: str, row: EchangeAnts) -> bool:
    return le.replace("T", " ")[:16] == str(row.charge["appointment_date"])[:16]


def _settle(row: EchangeAnts, issue: Issue, *, at: datetime) -> None:
    fields: dict[str, object] = {"bail_at": None, "erreur": issue.detail}
    if issue.passager and row.essais <= len(ATTENTES):
        fields["prevu_at"] = at + ATTENTES[row.essais - 1]
    else:
        fields |= {"etat": issue.etat, "done_at": at}
    EchangeAnts.objects.filter(pk=row.pk, etat=Etat.A_FAIRE).update(**fields)


def list_due(*, at: datetime, combien: int) -> list[tuple[int, int]]:
    """Return (collectivité, call) of what is due over every town, one a person."""
    return list_pairs("rendezvous_ants_a_faire(%s, %s)", [at, combien])
