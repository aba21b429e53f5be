"""Background work of letters: drawing each one, joining batches; and sweeping what a lost nudge left."""

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone

from collectivites.balayage import list_pairs
from demandes.lettres import composition, impression
from demandes.lettres.ecriture import COMPOSER
from socle.ouvriers import ask_worker
from socle.pdf import pdf_disponible

DELAI = timedelta(seconds=30)  # a nudge is answered well before
BALAYAGE = 200


@shared_task
def compose_lettre(collectivite_id: int, courrier_id: int, **_: Any) -> None:
    """Draw one letter. Running it twice has one effect."""
    composition.draw_lettre(collectivite_id=collectivite_id, courrier_id=courrier_id, at=timezone.now())


@shared_task
def draw_lot(collectivite_id: int, lot_id: int, **_: Any) -> None:
    """Join one batch. Running it twice has one effect."""
    impression.draw_lot(collectivite_id=collectivite_id, lot_id=lot_id, at=timezone.now())


@shared_task
def sweep_documents(**_: Any) -> None:
    """Ask again for the letters and batches still to draw; nothing while pango is missing."""
    if not pdf_disponible():
        return
    before = timezone.now() - DELAI
    for function, task in (("demandes_lettres_a_composer", COMPOSER), ("demandes_lots_a_joindre", impression.JOINDRE)):
        for collectivite_id, pk in list_pairs(f"{function}(%s, %s)", [before, BALAYAGE]):
            ask_worker(task, collectivite_id, pk, expires=60)
