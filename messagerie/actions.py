"""Writing the ledger: a message exists when the fact that causes it exists, in the same transaction.

Nothing here speaks to a provider. See `envoi.py` for the sending.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction

from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from collectivites.temoin import record
from messagerie.destinataires import (
    MessageRefuse,
    check_adresse,
    check_entetes,
    flatten,
    normalise_destinataire,
    normalise_expediteur,
)
from messagerie.etats import RELANCABLES, can_advance
from messagerie.models import CompteSms, Envoi
from messagerie.nouvelles import tell_settled
from messagerie.pieces import PieceAEnvoyer, check_pieces, write_pieces
from messagerie.relance import nudge
from messagerie.segments import count_segments, economise
from messagerie.textes import VariableManquante, get_occasion, render_occasion
from socle.texte import clean

SEGMENTS_MAX = 10
FRAICHEUR = timedelta(seconds=1)


class HorsTransaction(RuntimeError):
    """A message was queued outside a transaction: it could exist without its cause, or the reverse."""

    def __init__(self) -> None:
        super().__init__("Un message se prépare dans la transaction du fait qui le cause.")


class EnvoiNonModifiable(Exception):
    """The message is no longer in a state that allows this; `str()` is a French sentence."""


def queue_message(  # noqa: PLR0913 the columns of a message, all by name
    *,
    clef: str,
    canal: str,
    destinataire: str,
    texte: str,
    by: Acteur,
    at: datetime,
    objet: str = "",
    html: str = "",
    entetes: dict[str, str] | None = None,
    repondre_a: str = "",
    expediteur: str = "",
    voie: int = Envoi.Voie.COURANT,
    prevu_at: datetime | None = None,
    perime_at: datetime | None = None,
    objet_type: str = "",
    objet_id: int | None = None,
    usager_id: int | None = None,
    pieces: Sequence[PieceAEnvoyer] = (),
) -> Envoi:
    """Write one message to leave at `prevu_at` (now by default), never after `perime_at`.

    `clef` is the intent (« demande:42:accuse »): the same one again returns the row already there. An e-mail gets one
    Message-ID for life, in `entetes`. `pieces` are files of the private store; only an e-mail carries any.
    Raises HorsTransaction, MessageRefuse.
    """
    if not connection.in_atomic_block:
        raise HorsTransaction
    check_pieces(canal, pieces)
    fields = _write_sms(texte) if canal == Envoi.Canal.SMS else _write_courriel(texte, objet, html)
    uuid = uuid4()
    fields |= {
        "destinataire": normalise_destinataire(canal, destinataire),
        "entetes": _identify(canal, check_entetes(entetes or {}), uuid),
        "repondre_a": check_adresse(repondre_a) if repondre_a else "",
        "expediteur": normalise_expediteur(canal, expediteur),
        "canal": canal, "voie": voie, "prevu_at": prevu_at or at, "perime_at": perime_at, "created_at": at,
        "objet_type": objet_type, "objet_id": objet_id,
        "usager_id": usager_id or by.usager_id, "agent_id": by.agent_id,
    }  # fmt: skip
    envoi, is_new = _insert(Envoi(uuid=uuid, clef=clef, **fields))
    if is_new:
        write_pieces(envoi, pieces)
        _nudge_on_commit(envoi, at=at)
    return envoi


def _identify(canal: str, entetes: dict[str, str], uuid: UUID) -> dict[str, str]:
    """Give an e-mail its Message-ID for life, unless it is already named by what it belongs to (RFC 5322 §3.6.4)."""
    if canal == Envoi.Canal.COURRIEL:
        entetes.setdefault("Message-ID", f"<envoi.{uuid}@{settings.DOMAINE_COURRIEL}>")
    return entetes


def _insert(envoi: Envoi) -> tuple[Envoi, bool]:
    """Return the row of this key and whether it is new: ON CONFLICT DO NOTHING, so that no savepoint is needed."""
    Envoi.objects.bulk_create([envoi], ignore_conflicts=True)
    kept = Envoi.objects.get(clef=envoi.clef)
    return kept, kept.uuid == envoi.uuid


def _write_sms(texte: str) -> dict[str, Any]:
    """Body and cost of an SMS, in the cheap spelling unless the collectivité chose its accents."""
    account = CompteSms.objects.filter(is_active=True).first()
    body = clean(texte).strip()
    body = economise(body) if account is None or account.is_economique else body
    cost = count_segments(body).segments
    if not 0 < cost <= SEGMENTS_MAX:
        raise MessageRefuse(
            "Le SMS est vide." if not cost else f"Ce texte ferait {cost}\u00a0SMS\u00a0: {SEGMENTS_MAX} au plus."
        )
    return {"corps_texte": body, "segments": cost}


def _write_courriel(texte: str, objet: str, html: str) -> dict[str, Any]:
    body = clean(texte).strip()
    if not body:
        raise MessageRefuse("Le message est vide.")
    return {"corps_texte": body, "corps_html": clean(html), "objet": flatten(clean(objet))}


def _nudge_on_commit(envoi: Envoi, *, at: datetime) -> None:
    if envoi.prevu_at <= at + FRAICHEUR:
        transaction.on_commit(partial(nudge, get_active_id(), envoi.pk), robust=True)


def queue_occasion(*, occasion: str, canal: str, variables: dict[str, str], **message: Any) -> Envoi:
    """Queue the collectivité's own text for this occasion, or the default one; `message` as for `queue_message`.

    An `objet` given replaces the template's. Raises OccasionInconnue, VariableManquante, HorsTransaction,
    MessageRefuse.
    """
    missing = set(get_occasion(occasion, canal).variables) - set(variables)
    if missing:
        raise VariableManquante(f"Il manque {', '.join(sorted(missing))} pour « {occasion} ».")
    texte = render_occasion(occasion, canal, variables)
    message = {"objet": texte.objet} | message
    return queue_message(canal=canal, texte=texte.corps, **message)


def cancel_envoi(*, envoi: Envoi, by: Acteur, at: datetime) -> Envoi:
    """Withdraw a message no worker has taken. Raises EnvoiNonModifiable when one was quicker."""
    held = Envoi.objects.filter(pk=envoi.pk, etat=Envoi.Etat.A_ENVOYER)
    if not held.update(etat=Envoi.Etat.ANNULE, settled_at=at):
        raise EnvoiNonModifiable("Ce message n'attend plus\u00a0: il ne peut plus être annulé.")
    _record("envoi.annule", envoi, by=by, at=at)
    envoi.refresh_from_db()
    return envoi


def retry_envoi(*, envoi: Envoi, by: Acteur, at: datetime) -> Envoi:
    """Send again, on an agent's word, what failed or is uncertain. Raises EnvoiNonModifiable.

    The idempotency key stays: a provider that honours it will not deliver twice.
    """
    if by.nature != "agent":
        raise EnvoiNonModifiable("Seul un agent peut renvoyer un message.")
    held = Envoi.objects.filter(pk=envoi.pk, etat__in=RELANCABLES)
    fields: dict[str, Any] = {"essais": 0, "is_doute": False, "prevu_at": at, "perime_at": None, "settled_at": None}
    if not held.update(etat=Envoi.Etat.A_ENVOYER, **fields):
        raise EnvoiNonModifiable("Ce message n'est ni en échec ni incertain\u00a0: il ne peut pas être renvoyé.")
    _record("envoi.renvoye", envoi, by=by, at=at)
    envoi.refresh_from_db()
    _nudge_on_commit(envoi, at=at)
    return envoi


def _record(verbe: str, envoi: Envoi, *, by: Acteur, at: datetime) -> None:
    record(verbe=verbe, objet_type="envoi", objet_id=envoi.pk, by=by, at=at, canal=envoi.canal, etat=envoi.etat)


def settle_envoi(*, envoi: Envoi, etat: str, at: datetime, raison: str = "") -> bool:
    """Apply what the world says of a message: `etat` is remis or rejete. States only go forward.

    Return False when we already knew as much or better. Tells the floor above in the same transaction.
    """
    locked = Envoi.objects.select_for_update().get(pk=envoi.pk)
    if not can_advance(locked, etat):
        return False
    locked.etat, locked.settled_at, locked.bail_at, locked.is_doute = etat, at, None, False
    locked.erreur = raison[:500]
    locked.sent_at = locked.sent_at or at
    locked.save(update_fields=["etat", "settled_at", "bail_at", "is_doute", "erreur", "sent_at"])
    tell_settled(locked, at)
    return True
