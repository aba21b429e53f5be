"""Telling one program one event: take the row and commit, call outside any transaction, mark the issue.

As for messages (`messagerie/envoi.py`): nothing is lost when a worker dies, and a row left by a dead worker leaves
again under the same `webhook-id`. Nine tries over 41 hours, then it is a failure that a person may send again. An
address that fails rests, alone; after five days without one good answer it is switched off, and the screen says so.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active
from collectivites.temoin import record
from messagerie.chiffrement import IllisiblesIdentifiants, decrypt
from messagerie.envoi import AppelDansTransaction
from messagerie.models import AbonnementWebhook, LivraisonWebhook
from messagerie.webhooks.actions import write_body
from messagerie.webhooks.signature import list_secrets, write_entetes
from socle.reseau import ReseauEnEchec, call

trace = logging.getLogger("guichet.webhooks")
BAIL = timedelta(minutes=2)  # ten seconds of call, and a slow resolver of names
ATTENTES = [timedelta(minutes=each) for each in (1, 5, 15, 60, 180, 360, 720, 1140)]  # 41 h 21 in all
ESSAIS_MAX = len(ATTENTES) + 1
REPOS, REPOS_MAX = timedelta(seconds=30), timedelta(minutes=30)
PATIENCE = timedelta(days=5)
REPONSE_MAX = 65_536  # read and thrown away: only the status counts
LOT = 50
GONE = 410  # « the endpoint is gone » in Standard Webhooks: stop at once

Etat = LivraisonWebhook.Etat


@dataclass(frozen=True)
class Prise:
    """A delivery we hold until `bail_at`, cut off from the database. `obstacle`: it can't be signed."""

    livraison_id: int
    rang: int
    bail_at: datetime
    url: str
    corps: bytes
    entetes: dict[str, str]
    obstacle: str = ""


@dataclass(frozen=True)
class Sort:
    """How the call ended: the HTTP status when there was one, what went wrong in French if anything."""

    statut: int | None
    erreur: str = ""
    attente: timedelta = timedelta(0)  # asked by the receiver (Retry-After)


def send_one(collectivite_id: int, livraison_id: int, *, clock: Callable[[], datetime]) -> bool:
    """Make the call if the row is ours to send; True when a call was made."""
    with collectivite_active(collectivite_id):
        held = take(livraison_id, at=clock())
    if held is None or clock() >= held.bail_at:
        return False
    sort = tell(held)
    with collectivite_active(collectivite_id):
        mark(held, sort, at=clock())
    return True


def take(livraison_id: int, *, at: datetime) -> Prise | None:
    """Take the row if it is due and nobody has it. Needs the wall up."""
    rows = LivraisonWebhook.objects.due(at).select_related("abonnement").filter(pk=livraison_id)
    row = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if row is None:
        return None
    if row.essais >= ESSAIS_MAX:  # each worker that took it died: somebody must look
        _settle(row, Etat.ECHEC, at=at, erreur="L'envoi s'interrompt à chaque essai.")
        return None
    row.etat, row.essais, row.bail_at = Etat.EN_COURS, row.essais + 1, at + BAIL
    row.save(update_fields=["etat", "essais", "bail_at"])
    return _prepare(row, at=at)


def _prepare(row: LivraisonWebhook, *, at: datetime) -> Prise:
    corps, entetes, obstacle = write_body(row.charge), {}, ""
    try:
        secrets = list_secrets(decrypt(row.abonnement.secret), at=at)
        entetes = write_entetes(secrets, ident=str(row.uuid), corps=corps, at=at)
    except IllisiblesIdentifiants:
        obstacle = "Le secret a été chiffré avec une autre clef\u00a0: changez-le."
    return Prise(row.pk, row.essais, at + BAIL, row.abonnement.url, corps, entetes, obstacle)


def tell(held: Prise) -> Sort:
    """Call the address. Raises AppelDansTransaction; any failure of the network becomes a Sort."""
    if connection.in_atomic_block:
        raise AppelDansTransaction
    if held.obstacle:
        return Sort(None, held.obstacle)
    started = time.monotonic()
    try:
        answer = call("POST", held.url, corps=held.corps, entetes=held.entetes, octets_max=REPONSE_MAX)
    except ReseauEnEchec as error:
        sort = Sort(None, str(error))
    else:
        sort = read_statut(answer.statut, answer.entetes.get("retry-after", ""))
    trace.info(
        "webhook", extra={"livraison": held.livraison_id, "statut": sort.statut, "s": time.monotonic() - started}
    )
    return sort


def read_statut(statut: int, retry_after: str = "") -> Sort:
    """Judge an answer: 2xx alone is good; a redirection is not followed."""
    if 200 <= statut < 300:
        return Sort(statut)
    wait = min(int(retry_after[:9]), 3600) if retry_after.isascii() and retry_after.isdigit() else 0
    if 300 <= statut < 400:
        return Sort(statut, f"L'adresse renvoie ailleurs ({statut})\u00a0: Guichet ne suit pas les redirections.")
    return Sort(statut, f"Le serveur répond {statut}.", timedelta(seconds=wait))


def mark(held: Prise, sort: Sort, *, at: datetime) -> None:
    """Write the issue. A lost lease marks nothing, unless the call succeeded: it was heard. Needs the wall up."""
    row = LivraisonWebhook.objects.select_for_update().filter(pk=held.livraison_id).first()
    if row is None:  # the subscription was removed meanwhile
        return
    abonnement = AbonnementWebhook.objects.select_for_update().get(pk=row.abonnement_id)
    is_ours = row.etat == Etat.EN_COURS and row.bail_at == held.bail_at
    row.statut = sort.statut
    if not sort.erreur:
        _settle(row, Etat.LIVREE, at=at)
        _wake(abonnement, at=at)
    elif is_ours and not abonnement.is_active:  # switched off during the call
        _settle(row, Etat.ABANDONNEE, at=at, erreur=sort.erreur)
    elif is_ours:
        _wait(row, sort, at=at)
        _rest(abonnement, sort, at=at)


def _settle(row: LivraisonWebhook, etat: str, *, at: datetime, erreur: str = "") -> None:
    row.etat, row.settled_at, row.bail_at, row.erreur = etat, at, None, erreur[:300]
    row.save(update_fields=["etat", "settled_at", "bail_at", "erreur", "statut"])


def _wait(row: LivraisonWebhook, sort: Sort, *, at: datetime) -> None:
    """Plan the next try, or give up."""
    if row.essais >= ESSAIS_MAX:
        _settle(row, Etat.ECHEC, at=at, erreur=sort.erreur)
        return
    row.etat, row.bail_at, row.erreur = Etat.A_ENVOYER, None, sort.erreur[:300]
    row.prevu_at = at + max(ATTENTES[row.essais - 1], sort.attente)
    row.save(update_fields=["etat", "bail_at", "erreur", "prevu_at", "statut"])


def _wake(abonnement: AbonnementWebhook, *, at: datetime) -> None:
    """It answers: its failures are forgotten."""
    abonnement.echecs, abonnement.echoue_depuis_at, abonnement.repos_at, abonnement.livre_at = 0, None, None, at
    abonnement.save(update_fields=["echecs", "echoue_depuis_at", "repos_at", "livre_at"])


def _rest(abonnement: AbonnementWebhook, sort: Sort, *, at: datetime) -> None:
    """Let this address rest, longer each time; switch it off when it is gone, or silent for days."""
    abonnement.echecs += 1
    abonnement.echoue_depuis_at = abonnement.echoue_depuis_at or at
    abonnement.repos_at = at + max(min(REPOS * (1 << min(abonnement.echecs - 1, 10)), REPOS_MAX), sort.attente)
    abonnement.save(update_fields=["echecs", "echoue_depuis_at", "repos_at"])
    if sort.statut == GONE:
        stop(abonnement, "Le serveur dit que cette adresse n'existe plus (410).", at=at)
    elif at - abonnement.echoue_depuis_at >= PATIENCE:
        stop(abonnement, f"Aucune livraison réussie depuis cinq jours. {sort.erreur}", at=at)


def stop(abonnement: AbonnementWebhook, raison: str, *, at: datetime) -> None:
    """Switch the address off by itself; what waited can be sent again by a person."""
    abonnement.is_active, abonnement.raison = False, raison[:300]
    abonnement.save(update_fields=["is_active", "raison"])
    abandon(abonnement, at=at)
    record(
        verbe="webhook.arrete", objet_type="webhook", objet_id=abonnement.pk, libelle=abonnement.libelle,
        by=AUTOMATE, at=at,
    )  # fmt: skip


def abandon(abonnement: AbonnementWebhook, *, at: datetime) -> int:
    """Give up what waits for an address that is switched off."""
    waiting = LivraisonWebhook.objects.filter(abonnement=abonnement, etat=Etat.A_ENVOYER)
    return waiting.update(etat=Etat.ABANDONNEE, settled_at=at, erreur="Le webhook est hors service.")


def sweep(*, clock: Callable[[], datetime], seconds: float) -> int:
    """Make the calls that are due for `seconds` at most; return how many were made."""
    started, made = time.monotonic(), 0
    for collectivite_id, livraison_id in find_due(at=clock(), limit=LOT):
        if time.monotonic() - started >= seconds:
            break
        made += _send_safely(collectivite_id, livraison_id, clock=clock)
    return made


def _send_safely(collectivite_id: int, livraison_id: int, *, clock: Callable[[], datetime]) -> bool:
    try:
        return send_one(collectivite_id, livraison_id, clock=clock)
    except Exception:  # noqa: BLE001 whatever it is, the next row deserves its chance
        trace.exception("webhook_en_erreur", extra={"livraison": livraison_id})
        return False


def find_due(*, at: datetime, limit: int) -> list[tuple[int, int]]:
    """Return (collectivite_id, id) of the deliveries due in every town, each address in turn."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT collectivite_id, id FROM messagerie_livraisons_dues(%s, %s)", [at, limit])
        return [(town, row) for town, row in cursor.fetchall()]


def purge(*, at: datetime, limit: int = 5_000) -> int:
    """Erase what was settled thirty days ago, `limit` rows at most."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT collectivite_id, id FROM messagerie_livraisons_finies(%s, %s)", [at - timedelta(days=30), limit]
        )
        found: dict[int, list[int]] = {}
        for town, row in cursor.fetchall():
            found.setdefault(town, []).append(row)
    for town, rows in found.items():
        with collectivite_active(town):
            LivraisonWebhook.objects.filter(pk__in=rows).delete()
    return sum(len(rows) for rows in found.values())
