"""Background work of the evidence packs."""

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone

from collectivites.balayage import list_pairs
from demandes.preuves.actions import COMPOSER, draw_dossier
from socle.ouvriers import ask_worker
from socle.pdf import pdf_disponible

DELAI = timedelta(minutes=2)  # the longest packs take half as much
BALAYAGE = 50


@shared_task
def compose_preuves(collectivite_id: int, dossier_id: int, **_: Any) -> None:
    """Draw one pack. Running it twice has one effect."""
    draw_dossier(collectivite_id=collectivite_id, dossier_id=dossier_id, at=timezone.now())


@shared_task
def sweep_preuves(**_: Any) -> None:
    """Ask again for the packs still to draw; nothing while pango is missing."""
    if not pdf_disponible():
        return
    before = timezone.now() - DELAI
    for collectivite_id, pk in list_pairs("demandes_preuves_a_composer(%s, %s)", [before, BALAYAGE]):
        ask_worker(COMPOSER, collectivite_id, pk, expires=60)
