"""A provider in memory, and the ledger of one town with a clock that moves by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, connections

from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite
from messagerie.actions import queue_message
from messagerie.envoi import send_one
from messagerie.fournisseurs.base import Message
from messagerie.models import Envoi, Essai


class Tue(BaseException):
    """kill -9, as seen from Python: no `except` of ours may catch it."""


@dataclass
class Fournisseur:
    """Records what reaches it, then ends as told."""

    nom: str = "demo"
    is_idempotent: bool = True
    fin: BaseException | None = None
    recus: list[str] = field(default_factory=list)
    pendant: Callable[[], None] = lambda: None

    def send(self, message: Message) -> str:
        assert not connection.in_atomic_block, "a provider is called outside any transaction"
        self.recus.append(str(message.uuid))
        self.pendant()
        if self.fin:
            raise self.fin
        return f"ref-{len(self.recus)}"


@dataclass
class Registre:
    """The ledger of one town, and a clock that moves by hand."""

    ville: Collectivite
    at: datetime

    def clock(self) -> datetime:
        return self.at

    def queue(self, **message: Any) -> Envoi:
        given = {"clef": "1", "canal": "sms", "destinataire": "0639981234", "texte": "Bonjour", "by": AUTOMATE}
        with collectivite_active(self.ville.pk):
            return queue_message(**(given | {"at": self.at} | message))

    def send(self, row: Envoi) -> bool:
        return send_one(self.ville.pk, row.pk, clock=self.clock)

    def read(self, row: Envoi) -> Envoi:
        with collectivite_active(self.ville.pk):
            return Envoi.objects.get(pk=row.pk)

    def issues(self) -> list[str]:
        with collectivite_active(self.ville.pk):
            return list(Essai.objects.order_by("pk").values_list("issue", flat=True))

    def kill_during_call(self, row: Envoi, provider: Fournisseur) -> None:
        provider.fin = Tue()
        with pytest.raises(Tue):
            self.send(row)
        provider.fin = None
        connections.close_all()
