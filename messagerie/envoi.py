"""Sending one message: take the row and commit, call the provider outside any transaction, mark the issue.

Killed at any point, nothing is lost: before the call the lease ends and the row is taken again; after it, doubt is
written (see `prise.py`). Sources: reference figures in docs/adr, RDV Service Public #4350, GOV.UK Notify's retries.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from collectivites.cloison import collectivite_active
from messagerie import disjoncteur
from messagerie.etats import RANG
from messagerie.fournisseurs.base import (
    CompteInutilisable,
    Fournisseur,
    Message,
    PanneTemporaire,
    RefusDefinitif,
    SortInconnu,
)
from messagerie.models import Envoi, Essai
from messagerie.nouvelles import tell_settled
from messagerie.prise import ESSAIS_MAX, Prise, take

trace = logging.getLogger("guichet.messagerie")
ATTENTE_MAX = timedelta(minutes=30)
ATTENTE_UNITE = timedelta(seconds=30)
PATIENCE_COMPTE = timedelta(days=2)  # a week-end without credit loses nothing
LOT = 50

Issue, Etat = Essai.Issue, Envoi.Etat


class AppelDansTransaction(RuntimeError):
    """A provider must never be called while a transaction is open."""


@dataclass(frozen=True)
class Sort:
    """How one call ended; `reference` when accepted, `raison` in French else."""

    issue: str
    reference: str = ""
    raison: str = ""


def send_one(collectivite_id: int, envoi_id: int, *, clock: Callable[[], datetime]) -> bool:
    """Send the message if it is ours to send; True when a call was made or avoided for want of an account."""
    with collectivite_active(collectivite_id):
        held = take(collectivite_id, envoi_id, at=clock())
    if held is None or clock() >= held.bail_at:  # frozen that long, the row is no longer ours to send
        return False
    sort = call(held)
    with collectivite_active(collectivite_id):
        mark(held, sort, at=clock())
    return True


def call(held: Prise) -> Sort:
    """Speak to the provider. Raises AppelDansTransaction; any other failure becomes a Sort."""
    if connection.in_atomic_block:
        raise AppelDansTransaction
    if held.fournisseur is None:
        return Sort(Issue.CREDIT, raison=held.empechement)
    started = time.monotonic()
    sort = _try(held.fournisseur, held.message)
    trace.info(
        "envoi",
        extra={"envoi": held.envoi_id, "canal": held.canal, "issue": sort.issue, "s": time.monotonic() - started},
    )
    return sort


def _try(provider: Fournisseur, message: Message) -> Sort:
    try:
        return Sort(Issue.ENVOYE, reference=provider.send(message)[:120])
    except RefusDefinitif as error:
        return Sort(Issue.REFUS, raison=str(error))
    except CompteInutilisable as error:
        return Sort(Issue.CREDIT, raison=str(error))
    except PanneTemporaire as error:
        return Sort(Issue.PANNE, raison=str(error))
    except SortInconnu as error:
        return Sort(Issue.INCONNU, raison=str(error))
    except Exception as error:  # noqa: BLE001 a bug of ours in the middle of a call: the message may have left
        trace.exception("fournisseur_en_erreur", extra={"fournisseur": provider.nom})
        return Sort(Issue.INCONNU, raison=f"Erreur interne ({type(error).__name__}).")


def mark(held: Prise, sort: Sort, *, at: datetime) -> None:
    """Write the issue, if the row is still ours. Needs the wall up."""
    Essai.objects.create(
        envoi_id=held.envoi_id,
        canal=held.canal,
        rang=held.rang,
        issue=sort.issue,
        fournisseur=held.fournisseur.nom if held.fournisseur else "",
        detail=sort.raison[:500],
        at=at,
    )
    _watch(held, sort, at=at)
    envoi = Envoi.objects.select_for_update().get(pk=held.envoi_id)
    is_ours = envoi.etat == Etat.EN_COURS and envoi.bail_at == held.bail_at
    if sort.issue == Issue.ENVOYE:
        _mark_sent(envoi, sort, at=at, is_ours=is_ours)
    elif is_ours:
        _mark_failed(envoi, held, sort, at=at)


def _watch(held: Prise, sort: Sort, *, at: datetime) -> None:
    """A provider that is away rests a little; one that answers works."""
    if sort.issue == Issue.CREDIT:
        disjoncteur.trip(held.collectivite_id, held.canal, at=at, rest=disjoncteur.REPOS_COMPTE)
    elif sort.issue in {Issue.PANNE, Issue.INCONNU}:
        disjoncteur.trip(held.collectivite_id, held.canal, at=at)
    else:
        disjoncteur.close(held.collectivite_id, held.canal)


def _mark_sent(envoi: Envoi, sort: Sort, *, at: datetime, is_ours: bool) -> None:
    """Accepted by the provider. A receipt may have been quicker than us; a lost lease may have been declared doubt."""
    fields = {"fournisseur_ref": sort.reference, "sent_at": envoi.sent_at or at}
    if is_ours or envoi.etat == Etat.INCERTAIN:
        fields |= {"etat": Etat.ENVOYE, "bail_at": None, "is_doute": False, "erreur": "", "settled_at": None}
    elif RANG[Etat(envoi.etat)] <= RANG[Etat.ENVOYE]:
        return  # taken again meanwhile, with the same key: whoever holds it marks it
    Envoi.objects.filter(pk=envoi.pk).update(**fields)


def _mark_failed(envoi: Envoi, held: Prise, sort: Sort, *, at: datetime) -> None:
    """Wait, give up, or leave it to a person."""
    provider = held.fournisseur
    envoi.erreur, envoi.bail_at = sort.raison[:500], None
    if sort.issue == Issue.INCONNU and not (provider and provider.is_idempotent):
        envoi.etat = Etat.INCERTAIN
    elif sort.issue == Issue.REFUS or _is_hopeless(envoi, sort, at=at):
        envoi.etat, envoi.settled_at, envoi.is_doute = Etat.ECHEC, at, False
    else:
        _wait(envoi, sort, at=at)
    envoi.save(update_fields=["etat", "erreur", "bail_at", "settled_at", "is_doute", "prevu_at", "essais"])
    if envoi.etat == Etat.ECHEC:
        tell_settled(envoi, at)


def _wait(envoi: Envoi, sort: Sort, *, at: datetime) -> None:
    """Plan the next try. Without a usable account nobody tried: it does not count, and a person mends it first."""
    is_account = sort.issue == Issue.CREDIT
    envoi.etat = Etat.A_ENVOYER
    envoi.prevu_at = at + (disjoncteur.REPOS_COMPTE if is_account else compute_wait(envoi.essais))
    envoi.is_doute = envoi.is_doute or sort.issue == Issue.INCONNU
    envoi.essais -= is_account


def _is_hopeless(envoi: Envoi, sort: Sort, *, at: datetime) -> bool:
    """True after eight tries, or two days without a usable account."""
    if sort.issue != Issue.CREDIT:
        return envoi.essais >= ESSAIS_MAX
    return Essai.objects.filter(envoi=envoi, issue=Issue.CREDIT, at__lt=at - PATIENCE_COMPTE).exists()


def compute_wait(essais: int) -> timedelta:
    """Return the wait after the n-th failed try: 1, 2, 4, 8, 16, then 30 minutes."""
    return min(ATTENTE_MAX, ATTENTE_UNITE * (1 << min(essais, 10)))


def sweep(*, clock: Callable[[], datetime], seconds: float) -> int:
    """Send what is due, most urgent lane first, for `seconds` at most; return how many were handled."""
    started, handled = time.monotonic(), 0
    previous: list[tuple[int, int]] = []
    while (due := find_due(at=clock(), limit=LOT)) and due != previous:  # the same twice: nothing moves any more
        for collectivite_id, envoi_id in due:
            if time.monotonic() - started >= seconds:
                return handled
            handled += _send_safely(collectivite_id, envoi_id, clock=clock)
        previous = due
    return handled


def _send_safely(collectivite_id: int, envoi_id: int, *, clock: Callable[[], datetime]) -> bool:
    """One row that breaks must not hold the ones behind it."""
    try:
        return send_one(collectivite_id, envoi_id, clock=clock)
    except Exception:  # noqa: BLE001 whatever it is, the next row deserves its chance
        trace.exception("envoi_en_erreur", extra={"envoi": envoi_id})
        return False


def find_due(*, at: datetime, limit: int) -> list[tuple[int, int]]:
    """Return (collectivite_id, id) of rows due in every collectivité, without any content."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT collectivite_id, id FROM messagerie_envois_dus(%s, %s)", [at, limit])
        return [(town, row) for town, row in cursor.fetchall()]
