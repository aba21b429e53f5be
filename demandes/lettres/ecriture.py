"""Writing a letter: the row and its number in the transaction of what causes it, the PDF by a worker after it."""

import logging
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from celery import current_app
from django.db import transaction

from collectivites.cloison import get_active_id
from collectivites.models import Agent
from collectivites.numerotation import draw_number
from demandes.models import CourrierDepart, Demande, Message
from socle.texte import clean, truncate

logger = logging.getLogger(__name__)
COMPOSER = "demandes.lettres.tasks.compose_lettre"


class AdresseManquante(ValueError):
    """No postal address is known for the recipient."""

    def __init__(self) -> None:
        super().__init__(
            "Aucune adresse postale n'est connue\u00a0: ajoutez-la à la fiche de l'usager, ou écrivez-la ici."
        )


def write_courrier(
    *,
    demande: Demande,
    message: Message,
    destinataire: str,
    adresse: str,
    objet: str,
    corps: str,
    agent: Agent | None,
    at: datetime,
) -> CourrierDepart:
    """Number the letter (« CD-2026-0012 ») and have its PDF drawn after the commit. `agent` None: the service signs.

    Call it in the transaction of what causes it. `adresse` empty: handed over, not posted.
    """
    annee = at.astimezone(ZoneInfo(demande.collectivite.fuseau)).year
    courrier = CourrierDepart.objects.create(
        chrono=f"CD-{annee}-{draw_number(nature='courrier_depart', annee=annee):04d}",
        demande=demande, message=message, destinataire=truncate(clean(destinataire), 160), adresse=clean(adresse),
        objet=truncate(clean(objet), 200), corps=clean(corps).strip(), agent=agent, created_at=at,
    )  # fmt: skip
    transaction.on_commit(partial(nudge, COMPOSER, get_active_id(), courrier.pk), robust=True)
    return courrier


def nudge(tache: str, collectivite_id: int, pk: int, *, expires: int = 300) -> None:
    """Ask a worker to draw a document. Never raises: lost, the sweeper asks again."""
    try:
        current_app.send_task(tache, (collectivite_id, pk), retry=False, expires=expires, ignore_result=True)
    except Exception as error:  # noqa: BLE001 whatever the broker says, the sweeper will do it
        logger.warning("signal_perdu", extra={"tache": tache, "cause": type(error).__name__})
