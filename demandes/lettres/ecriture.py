"""Writing a letter: the row and its number in the transaction of what causes it, the PDF by a worker after it."""

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.db import transaction

from collectivites.cloison import get_active_id
from collectivites.models import Agent
from collectivites.numerotation import draw_number
from demandes.models import CourrierDepart, Demande, Message
from socle.ouvriers import ask_worker
from socle.texte import clean, truncate

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
    transaction.on_commit(partial(ask_worker, COMPOSER, get_active_id(), courrier.pk), robust=True)
    return courrier
