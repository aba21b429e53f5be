"""The dates of a demande, recomputed from what happened to it and written: never incremented, always the same answer.

Call `recompute` in the transaction of whatever changed its state, its type, its reception, what is asked of the usager
or what was acknowledged. The row of the demande must be locked by that write.
"""

from collections.abc import Collection
from datetime import datetime

from collectivites.cloison import get_active_id
from collectivites.models import Collectivite
from collectivites.ouvertures import read_ouverture
from demandes.delais.arrets import follow_etat
from demandes.delais.paliers import Palier, plan_paliers
from demandes.delais.projet import Contexte, Prevue, plan_echeances
from demandes.delais.reglages import read_valeurs
from demandes.models import AccuseReception, Demande, DemandeComplement, Echeance, NatureEcheance, Rappel, Suspension

_CHAMPS = ("due_at", "due_on", "effet", "base", "explication", "is_suspendue", "met_at", "computed_at")


def recompute(demande: Demande, *, at: datetime, is_new: bool = False) -> Demande:
    """Write the dates, the suspension and the reminders of the demande; return it with its two cached dates.

    `is_new`: just inserted, nothing to compare with (five queries; about twelve otherwise).
    """
    if not is_new:
        follow_etat(demande, at=at)
    contexte = read_contexte(demande, is_new=is_new)
    prevues = plan_echeances(demande, contexte, at=at)
    _write_echeances(demande, prevues, at=at, is_new=is_new)
    _write_rappels(demande, plan_paliers(prevues, contexte.ouverture, contexte.valeurs, at=at), is_new=is_new)
    return _cache(demande, prevues)


def meet(*, demande: Demande, natures: Collection[str], at: datetime) -> None:
    """Say that these dates are kept, and drop what would have reminded of them (two statements): the short way after
    an acknowledgement, when nothing else changed. `recompute` finds the same from the rows of AccuseReception."""
    Echeance.objects.filter(demande=demande, nature__in=natures, met_at=None).update(met_at=at)
    Rappel.objects.filter(demande=demande, nature__in=natures, fait_at=None).delete()


def read_contexte(demande: Demande, *, is_new: bool = False) -> Contexte:
    """Read what the dates depend on, beside the demande."""
    town = Collectivite.objects.get(pk=get_active_id())
    first = min(demande.received_at, demande.competente_at or demande.received_at)
    ouverture = read_ouverture(town, depuis=first.date())
    if is_new:
        return Contexte(ouverture, read_valeurs())
    corrections = DemandeComplement.objects.filter(demande=demande, motif=DemandeComplement.Motif.INCORRECT)
    accuses = AccuseReception.objects.filter(demande=demande).order_by("-issued_at")
    return Contexte(
        ouverture, read_valeurs(),
        suspensions=list(Suspension.objects.filter(demande=demande).order_by("debut_at", "pk")),
        incorrects=frozenset(corrections.values_list("asked_at", flat=True)),
        accuses=dict(accuses.values_list("nature", "issued_at")),
    )  # fmt: skip


def _write_echeances(demande: Demande, prevues: list[Prevue], *, at: datetime, is_new: bool) -> None:
    met = {} if is_new else dict(Echeance.objects.filter(demande=demande).values_list("nature", "met_at"))
    gone = met.keys() - {prevue.nature for prevue in prevues}
    if gone:
        Echeance.objects.filter(demande=demande, nature__in=gone).delete()
    rows = [
        Echeance(
            demande=demande, nature=prevue.nature, due_at=prevue.due_at,
            due_on=prevue.due_on, effet=prevue.effet, base=prevue.base, explication=prevue.explication,
            is_suspendue=prevue.is_suspendue, computed_at=at,
            met_at=prevue.met_at and (met.get(prevue.nature) or prevue.met_at),  # the first time it was kept
        )
        for prevue in prevues
    ]  # fmt: skip
    Echeance.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["collectivite", "demande", "nature"], update_fields=_CHAMPS
    )


def _write_rappels(demande: Demande, paliers: list[Palier], *, is_new: bool) -> None:
    """Replace the steps still to do; one already done for the same date is never done again."""
    wanted = {(each.nature, each.palier, each.pour_at): each for each in paliers}
    if not is_new:
        waiting = Rappel.objects.filter(demande=demande, fait_at=None)
        stale = [row.pk for row in waiting if not _is_wanted(row, wanted)]
        if stale:
            waiting.filter(pk__in=stale).delete()
    Rappel.objects.bulk_create(
        [Rappel(demande=demande, **vars(each)) for each in wanted.values()], ignore_conflicts=True
    )


def _is_wanted(row: Rappel, wanted: dict[tuple[str, str, datetime], Palier]) -> bool:
    same = wanted.get((row.nature, row.palier, row.pour_at))
    return same is not None and same.prevu_at == row.prevu_at


def _cache(demande: Demande, prevues: list[Prevue]) -> Demande:
    """Keep on the demande the two dates lists show; none while the clock is stopped."""
    by_nature = {prevue.nature: prevue for prevue in prevues}
    promise, silence = by_nature.get(NatureEcheance.ENGAGEMENT), by_nature.get(NatureEcheance.DECISION)
    cached = {
        "echeance_at": promise.due_at if promise else None,
        "legale_on": silence.due_on if silence else None,
    }
    if any(getattr(demande, name) != value for name, value in cached.items()):
        Demande.objects.filter(pk=demande.pk).update(**cached)
        demande.echeance_at, demande.legale_on = cached["echeance_at"], cached["legale_on"]
    return demande
