"""Writing what other programs will be told, in the transaction of the fact. Nothing here speaks to a network."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction

from collectivites.cloison import get_active_id
from messagerie.actions import HorsTransaction
from messagerie.models_webhooks import AbonnementWebhook, LivraisonWebhook
from socle.ouvriers import ask_worker

OCTETS_MAX = 65_536
TACHE = "messagerie.webhooks.tasks.send_livraison"


class ChargeTropLourde(ValueError):
    """More than 64 kB to tell: a programming error, a payload holds ids and states."""


def queue_webhooks(*, evenement: str, charge: Mapping[str, Any], clef: str, at: datetime) -> int:
    """Write one delivery for each subscription to `evenement`; return how many. One query when there is none.

    `charge` is the « data » of the message: JSON values, no personal data, nothing of a sealed domain but ids and
    states. `clef` is the fact (« rendezvous:42:deplace:3 »): told twice, written once.
    Raises HorsTransaction, ChargeTropLourde.
    """
    if not connection.in_atomic_block:
        raise HorsTransaction
    followers = AbonnementWebhook.objects.filter(is_active=True, evenements__contains=[evenement]).order_by("pk")
    ids = list(followers.values_list("pk", flat=True))
    return len(write_livraisons(ids, evenement=evenement, charge=charge, clef=clef, at=at)) if ids else 0


def write_livraisons(
    abonnements: list[int], *, evenement: str, charge: Mapping[str, Any], clef: str, at: datetime
) -> list[LivraisonWebhook]:
    """Write one delivery for each of these subscriptions and wake a worker. Raises ChargeTropLourde."""
    message = {"type": evenement, "timestamp": at.isoformat(), "data": dict(charge)}
    if len(write_body(message)) > OCTETS_MAX:
        raise ChargeTropLourde(evenement)
    rows = [
        LivraisonWebhook(
            abonnement_id=each, clef=clef, evenement=evenement, charge=message, prevu_at=at, created_at=at
        )
        for each in abonnements
    ]  # fmt: skip
    LivraisonWebhook.objects.bulk_create(rows, ignore_conflicts=True)
    ours = {"abonnement_id__in": abonnements, "clef": clef, "uuid__in": [row.uuid for row in rows]}
    written = list(LivraisonWebhook.objects.filter(**ours).order_by("pk"))
    for row in written:
        wake(row)
    return written


def wake(row: LivraisonWebhook) -> None:
    """Tell a worker once the transaction is committed; the sweeper finds what it missed."""
    transaction.on_commit(partial(ask_worker, TACHE, get_active_id(), row.pk), robust=True)


def write_body(message: Mapping[str, Any]) -> bytes:
    """Return the bytes sent: the same ones for the same message, since they are signed."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
