"""Calls the floor above when the fate of one of its messages is known."""

import logging
from datetime import datetime

from django.db import transaction

from messagerie.models import Envoi
from messagerie.suites import suites

trace = logging.getLogger("guichet.messagerie")


def tell_settled(envoi: Envoi, at: datetime) -> None:
    """Run the sequel of the linked object in a savepoint: its bug must not lose the fate of a message."""
    suite = suites.get(envoi.objet_type) if envoi.objet_type else None
    if suite is None:
        return
    try:
        with transaction.atomic():
            suite(envoi, at)
    except Exception:  # noqa: BLE001 any bug of a floor above; traced with its stack
        trace.exception("suite_en_erreur", extra={"envoi": envoi.pk, "objet_type": envoi.objet_type})
