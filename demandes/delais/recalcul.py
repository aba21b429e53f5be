"""The dates of a demande, recomputed from what happened to it and written: never incremented, always the same answer.

Call `recompute` in the transaction of whatever changed its state, its type, its reception, what is asked of the usager
or what was acknowledged. The row of the demande must be locked by that write.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from collectivites.minutes import Ouverture
from collectivites.ouvertures import read_ouverture
from demandes.delais.arrets import follow_etat
from demandes.delais.paliers import Palier, plan_paliers
from demandes.delais.projet import Contexte, Prevue, plan_echeances
from demandes.delais.reglages import read_valeurs
from demandes.models import AccuseReception, Demande, DemandeComplement, Echeance, NatureEcheance, Rappel, Suspension

_CHAMPS = ("due_at", "due_on", "effet", "base", "explication", "is_suspendue", "met_at", "computed_at")


@dataclass(frozen=True)
class Prevision:
    """The dates of a demande that is not inserted yet."""

    contexte: Contexte
    prevues: list[Prevue]


def foresee(demande: Demande, *, at: datetime) -> Prevision:
    """Compute the dates of a demande about to be inserted, and set the two it carries (four queries)."""
    contexte = Contexte(_read_ouverture(demande), read_valeurs())
    prevues = plan_echeances(demande, contexte, at=at)
    demande.echeance_at, demande.legale_on = _find_cached(prevues)
    return Prevision(contexte, prevues)


def write_foreseen(demande: Demande, prevision: Prevision, *, at: datetime) -> None:
    """Write the dates of the demande just inserted, and the steps that remind of them (two statements)."""
    contexte = prevision.contexte
    _write_echeances(demande, prevision.prevues, {}, at=at)
    _insert_rappels(demande, plan_paliers(prevision.prevues, contexte.ouverture, contexte.valeurs, at=at))


def recompute(demande: Demande, *, at: datetime) -> Demande:
    """Write the dates, the suspension and the reminders of the demande; return it with the two dates it carries.

    About twelve queries, whatever the demande went through.
    """
    follow_etat(demande, at=at)
    contexte = read_contexte(demande)
    prevues = plan_echeances(demande, contexte, at=at)
    met = dict(Echeance.objects.filter(demande=demande).values_list("nature", "met_at"))
    gone = met.keys() - {prevue.nature for prevue in prevues}
    if gone:
        Echeance.objects.filter(demande=demande, nature__in=gone).delete()
    _write_echeances(demande, prevues, met, at=at)
    paliers = plan_paliers(prevues, contexte.ouverture, contexte.valeurs, at=at)
    _drop_stale(demande, paliers)
    _insert_rappels(demande, paliers)
    return _cache(demande, prevues)


def meet(*, demande: Demande, natures: Collection[str], at: datetime) -> None:
    """Say that these dates are kept, and drop what would have reminded of them (two statements): the short way after
    an acknowledgement, when nothing else changed. `recompute` finds the same from the rows of AccuseReception."""
    Echeance.objects.filter(demande=demande, nature__in=natures, met_at=None).update(met_at=at)
    Rappel.objects.filter(demande=demande, nature__in=natures, fait_at=None).delete()


def read_contexte(demande: Demande) -> Contexte:
    """Read what the dates depend on, beside the demande."""
    accuses = AccuseReception.objects.filter(demande=demande).order_by("-issued_at")
    return Contexte(
        _read_ouverture(demande), read_valeurs(),
        suspensions=list(Suspension.objects.filter(demande=demande).order_by("debut_at", "pk")),
        complements=list(DemandeComplement.objects.filter(demande=demande).order_by("asked_at", "pk")),
        accuses=dict(accuses.values_list("nature", "issued_at")),
    )  # fmt: skip


def _read_ouverture(demande: Demande) -> Ouverture:
    first = min(demande.received_at, demande.competente_at or demande.received_at)
    return read_ouverture(demande.collectivite, depuis=first.date() - timedelta(days=1))


def _write_echeances(
    demande: Demande, prevues: list[Prevue], met: Mapping[str, datetime | None], *, at: datetime
) -> None:
    """`met`: when each date was kept, if it was: only the first time counts."""
    rows = [
        Echeance(
            demande=demande, nature=prevue.nature, due_at=prevue.due_at, due_on=prevue.due_on, effet=prevue.effet,
            base=prevue.base, explication=prevue.explication, is_suspendue=prevue.is_suspendue, computed_at=at,
            met_at=prevue.met_at and (met.get(prevue.nature) or prevue.met_at),
        )
        for prevue in prevues
    ]  # fmt: skip
    Echeance.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["collectivite", "demande", "nature"], update_fields=_CHAMPS
    )


def _drop_stale(demande: Demande, paliers: list[Palier]) -> None:
    wanted = {(each.nature, each.palier, each.pour_at, each.prevu_at) for each in paliers}
    waiting = Rappel.objects.filter(demande=demande, fait_at=None)
    stale = [row.pk for row in waiting if (row.nature, row.palier, row.pour_at, row.prevu_at) not in wanted]
    if stale:
        waiting.filter(pk__in=stale).delete()


def _insert_rappels(demande: Demande, paliers: list[Palier]) -> None:
    """Add the steps that are missing; one already done for the same date is never done again."""
    Rappel.objects.bulk_create([Rappel(demande=demande, **vars(each)) for each in paliers], ignore_conflicts=True)


def _find_cached(prevues: list[Prevue]) -> tuple[datetime | None, date | None]:
    by_nature = {prevue.nature: prevue for prevue in prevues}
    promise, silence = by_nature.get(NatureEcheance.ENGAGEMENT), by_nature.get(NatureEcheance.DECISION)
    return promise.due_at if promise else None, silence.due_on if silence else None


def _cache(demande: Demande, prevues: list[Prevue]) -> Demande:
    """Keep on the demande the two dates lists show; none while the clock is stopped."""
    due_at, legale_on = _find_cached(prevues)
    if (demande.echeance_at, demande.legale_on) != (due_at, legale_on):
        Demande.objects.filter(pk=demande.pk).update(echeance_at=due_at, legale_on=legale_on)
        demande.echeance_at, demande.legale_on = due_at, legale_on
    return demande
