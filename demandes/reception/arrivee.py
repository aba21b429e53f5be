"""First half of a reception: the bytes and their row are on the disk before the door says « received »."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from collectivites.cloison import collectivite_active
from demandes.models import Entree
from socle.courriel.entetes import split_headers
from socle.depot import Depose, store_bytes
from socle.ouvriers import ask_worker

TACHE = "demandes.tasks.process_entree"
# What the author wrote. Transports add and change other fields: a message read twice by two ways is the same message.
_SIGNIFICATIFS = ("from", "to", "cc", "subject", "date", "in-reply-to", "content-type")
_BLANCS = re.compile(rb"\s+")
_INTERDITS = re.compile(r"[^\x21-\x7e\u0080-\U0010ffff]")


@dataclass(frozen=True)
class Enveloppe:
    """What the transport knew and the message does not say: who sent it (empty for a bounce), for which address."""

    expediteur: str
    destinataire: str


def receive_raw(
    *,
    brut: bytes,
    collectivite_id: int,
    boite_id: int | None,
    at: datetime,
    enveloppe: Enveloppe | None = None,
    is_nudged: bool = True,
) -> Entree:
    """Keep a mail for good and ask a worker to read it. Returns its row; `is_deja_recue` when it was there before.

    When this returns, file and row survive a crash. Raises OSError (disk) or a database error: then the door must
    refuse for now, so that the sender keeps the message.
    """
    return keep_raw(
        brut=_trace_fields(enveloppe) + brut,
        collectivite_id=collectivite_id,
        canal=Entree.Canal.COURRIEL,
        externe_id=external_id(brut),
        boite_id=boite_id,
        at=at,
        is_nudged=is_nudged,
    )


def keep_raw(
    *,
    brut: bytes,
    collectivite_id: int,
    canal: str,
    externe_id: str,
    at: datetime,
    boite_id: int | None = None,
    connecteur_id: int | None = None,
    is_nudged: bool = True,
) -> Entree:
    """The same for any channel: `externe_id` (at most 200 characters) is what makes it received twice, stored once."""
    depose = store_bytes(brut, collectivite_id=collectivite_id, at=at)
    same = {"canal": canal, "boite_id": boite_id, "externe_id": externe_id}
    try:
        with collectivite_active(collectivite_id):
            entree = _insert(depose, at=at, connecteur_id=connecteur_id, **same)
            if is_nudged:
                transaction.on_commit(lambda: nudge(collectivite_id, entree.pk), robust=True)
    except IntegrityError as error:
        if "entree_unique" not in str(error):
            raise
        with collectivite_active(collectivite_id):
            entree = Entree.objects.get(**same)
        entree.is_deja_recue = True
    return entree


def external_id(brut: bytes) -> str:
    """Return what makes a message the same in one mailbox: SHA-256 of what its author wrote, then its Message-ID.

    Two different messages that carry one Message-ID stay two. Without Message-ID, every byte counts.
    """
    entetes, corps = split_headers(brut, 0, len(brut))
    identifiant = next(iter(entetes.identifiers("message-id")), "")
    somme = hashlib.sha256()
    if identifiant:
        for nom in _SIGNIFICATIFS:
            somme.update(nom.encode() + b":" + _BLANCS.sub(b" ", entetes.raw(nom)).strip() + b"\n")
    else:
        corps = 0
    somme.update(brut[corps:].replace(b"\r\n", b"\n").rstrip(b"\n"))
    return f"{somme.hexdigest()}:{_INTERDITS.sub('', identifiant)}"[:200]


def nudge(collectivite_id: int, entree_id: int, *, expires: int = 60) -> None:
    """Ask a worker to read an entry within `expires` seconds. Lost or refused, the sweeper finds the entry again."""
    ask_worker(TACHE, collectivite_id, entree_id, expires=expires)


def _insert(depose: Depose, *, at: datetime, **faits: Any) -> Entree:
    entree = Entree(empreinte=depose.empreinte, brut=depose.chemin, octets=depose.octets, received_at=at, **faits)
    entree.save(force_insert=True)
    return entree


def _trace_fields(enveloppe: Enveloppe | None) -> bytes:
    """Write what a final delivery adds on top (RFC 5321 §4.4). No date: the same message makes the same file."""
    if enveloppe is None:
        return b""
    retour, pour = (_INTERDITS.sub("", texte) for texte in (enveloppe.expediteur, enveloppe.destinataire))
    return f"Return-Path: <{retour}>\r\nDelivered-To: {pour}\r\n".encode()
