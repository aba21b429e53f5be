"""Second half of a reception: one worker claims the entry, reads it, and writes its whole effect in one transaction.

Killed at any moment, a worker leaves an entry that is still to read and a lease that ends; the sweeper gives it to
another. The last statement of the transaction closes the entry only if the lease is still ours: one effect, once.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction

from collectivites.cloison import collectivite_active
from demandes.models import Entree
from demandes.reception.aiguillage import sort_courriel
from demandes.reception.depots import read_formulaire
from demandes.reception.pieces import store_pieces
from demandes.reception.reseau import read_reseau
from demandes.reception.sms import read_sms
from demandes.reception.verdict import Lecture, Verdict, set_aside
from socle.courriel import lire
from socle.depot import read_file
from socle.texte import truncate

logger = logging.getLogger(__name__)

BAIL = timedelta(seconds=60)  # longer than the reading of the heaviest message
ESSAIS_MAX = 3  # an entry that fails as often waits for a human
PRISES_MAX = 9  # workers may die for another reason than the entry they hold
_CLAIM = """
UPDATE demandes_entree SET bail_at = %s, essais = essais + 1
 WHERE id = %s AND etat = 'recue' AND (bail_at IS NULL OR bail_at < %s) RETURNING *
"""


class BailPerdu(Exception):
    """Our lease ended while we were reading: another worker has the entry, nothing of ours may stay."""


@dataclass(frozen=True)
class Traitee:
    """What came of one entry."""

    entree_id: int
    verdict: Verdict


def process_entree(*, collectivite_id: int, entree_id: int, at: datetime) -> Traitee | None:
    """Read one entry and do what it asks, exactly once. None when it is done, or in other hands.

    Whatever the content, nothing is raised; a database that goes away is, and the entry stays to be read.
    """
    entree = _claim(collectivite_id, entree_id, at)
    if entree is None:
        return None
    try:
        verdict: Verdict | None = _read_and_sort(entree, collectivite_id, at)
    except BailPerdu:
        return None
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        logger.exception("lecture_impossible", extra={"entree": entree_id, "essai": entree.essais})
        verdict = _give_back(entree, collectivite_id, error, at)
    return Traitee(entree_id, verdict) if verdict else None


def _claim(collectivite_id: int, entree_id: int, at: datetime) -> Entree | None:
    with collectivite_active(collectivite_id):
        return next(iter(Entree.objects.raw(_CLAIM, [at + BAIL, entree_id, at])), None)


def _read_and_sort(entree: Entree, collectivite_id: int, at: datetime) -> Verdict:
    """Parse outside any transaction (a heavy message takes seconds), then write everything at once."""
    if entree.essais > PRISES_MAX:
        return _close_apart(entree, collectivite_id, set_aside("Sa lecture s'interrompt à chaque essai."), at)
    brut = read_file(entree.brut)
    if not brut.strip():
        return _close_apart(entree, collectivite_id, set_aside("Le message est vide."), at)
    lecture = LECTEURS[entree.canal](entree, brut, collectivite_id, at)
    with collectivite_active(collectivite_id):
        verdict = lecture.sort()
        expediteur, objet = lecture.expediteur[:320], truncate(lecture.objet, 300)
        _close(entree, verdict, at, expediteur=expediteur, objet=objet)
    return verdict


def _read_mail(entree: Entree, brut: bytes, collectivite_id: int, at: datetime) -> Lecture:
    courriel = lire(brut)
    deposees = store_pieces(courriel.pieces, collectivite_id=collectivite_id, at=entree.received_at)
    return Lecture(
        expediteur=courriel.expediteur.lower(),
        objet=courriel.objet,
        sort=lambda: sort_courriel(entree, courriel, deposees, at=at),
    )


# One reader a channel: (entry, its bytes, the town, now) → what it says and what to do. A channel absent here never
# comes by this door (a letter is registered by a person, a transfer is handed over by the other town).
LECTEURS: dict[str, Callable[[Entree, bytes, int, datetime], Lecture]] = {
    Entree.Canal.COURRIEL: _read_mail,
    Entree.Canal.RESEAU: read_reseau,
    Entree.Canal.FORMULAIRE: read_formulaire,
    Entree.Canal.SMS: read_sms,
}


def _close_apart(entree: Entree, collectivite_id: int, verdict: Verdict, at: datetime) -> Verdict:
    with collectivite_active(collectivite_id):
        _close(entree, verdict, at)
    return verdict


def _close(entree: Entree, verdict: Verdict, at: datetime, **lus: str) -> None:
    """Mark the entry as read, on condition that nobody else has claimed it meanwhile. Raises BailPerdu."""
    mine = Entree.objects.filter(pk=entree.pk, etat=Entree.Etat.RECUE, essais=entree.essais)
    closed = mine.update(
        etat=verdict.etat,
        issue=verdict.issue,
        motif=verdict.motif[:300],
        demande_id=verdict.demande_id,
        usager_id=verdict.usager_id,
        processed_at=at,
        bail_at=None,
        **lus,
    )
    if not closed:
        raise BailPerdu


def _give_back(entree: Entree, collectivite_id: int, error: Exception, at: datetime) -> Verdict | None:
    """Let the sweeper try again, or after three failures hand the entry over to a human."""
    nom = type(error).__name__
    try:
        if entree.essais >= ESSAIS_MAX:
            verdict = set_aside(f"Sa lecture a échoué {entree.essais} fois ({nom}).")
            return _close_apart(entree, collectivite_id, verdict, at)
        with collectivite_active(collectivite_id), transaction.atomic():
            held = Entree.objects.filter(pk=entree.pk, etat=Entree.Etat.RECUE, essais=entree.essais)
            held.update(bail_at=at, motif=f"Essai {entree.essais} : {nom}")
    except BailPerdu:
        pass
    return None
