"""Opening and closing the suspension of a demande: it follows from the state and from what was asked of the usager."""

from datetime import datetime

from demandes.cycle import Etat
from demandes.models import Demande, DemandeComplement, Suspension

CAUSES = {Etat.EN_ATTENTE_USAGER.value: Suspension.Cause.USAGER, Etat.EN_ATTENTE_TIERS.value: Suspension.Cause.TIERS}


def follow_etat(demande: Demande, *, at: datetime) -> None:
    """Make the open suspension what the demande's state wants (one query, four at most). Running it twice is harmless.

    Waiting for the usager with a request for documents stops the law too (CRPA L114-5); a document that is not
    indispensable stops nothing (L114-5-1).
    """
    opened = Suspension.objects.filter(demande=demande, fin_at=None).first()
    wanted = _want(demande, at)
    if opened is not None and not _is_same(opened, wanted):
        opened.fin_at = max(at, opened.debut_at)
        opened.save(update_fields=["fin_at"])
        opened = None
    if wanted is not None and opened is None:
        wanted.save(force_insert=True)


def _want(demande: Demande, at: datetime) -> Suspension | None:
    cause = CAUSES.get(demande.etat)
    if cause is None:
        return None
    wanted = Suspension(demande=demande, cause=cause, debut_at=at)
    if cause == Suspension.Cause.TIERS:
        return wanted
    asked = DemandeComplement.objects.filter(demande=demande, answered_at=None, cancelled_at=None).first()
    if asked is None:
        return wanted
    wanted.debut_at, wanted.is_legale, wanted.delai_on = asked.asked_at, True, asked.delai_on
    return wanted if asked.is_indispensable else None


def _is_same(opened: Suspension, wanted: Suspension | None) -> bool:
    same = wanted is not None and (opened.cause, opened.is_legale) == (wanted.cause, wanted.is_legale)
    return same and wanted is not None and (not opened.is_legale or opened.debut_at == wanted.debut_at)
