"""A sweep of what we ask of others: each step in a transaction of its town, and one that fails stops no other."""

import logging
from collections.abc import Callable
from datetime import datetime

from collectivites.cloison import collectivite_active
from demandes.concours.avis import follow_avis
from demandes.concours.complements import follow_complement
from demandes.concours.satisfaction import propose

logger = logging.getLogger(__name__)
Pairs = list[tuple[int, int]]


def follow_complements(pairs: Pairs, *, at: datetime) -> None:
    """Remind usagers, tell agents."""
    _each(pairs, lambda pk: follow_complement(complement_id=pk, at=at))


def follow_tous_avis(pairs: Pairs, *, at: datetime) -> None:
    """Remind third parties, tell agents."""
    _each(pairs, lambda pk: follow_avis(avis_id=pk, at=at))


def propose_satisfactions(pairs: Pairs, *, at: datetime) -> None:
    """Put the question about these closings."""
    _each(pairs, lambda pk: propose(demande_id=pk, at=at))


def _each(pairs: Pairs, do: Callable[[int], object]) -> None:
    for collectivite_id, pk in pairs:
        try:
            with collectivite_active(collectivite_id):
                do(pk)
        except Exception:
            logger.exception("etape_impossible", extra={"objet": pk})
