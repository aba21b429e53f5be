"""Collection of the SMS an operator keeps for us: each is kept here once, whatever how often it is listed."""

import json
import logging
from datetime import datetime, timedelta

from django.core.cache import cache

from collectivites.cloison import collectivite_active
from demandes.models import Entree
from demandes.reception.arrivee import keep_raw
from messagerie.fournisseurs import choose_recepteur
from messagerie.fournisseurs.base import PanneTemporaire, SmsRecu
from messagerie.fournisseurs.ovh import Ovh

logger = logging.getLogger(__name__)

RETOUR = timedelta(days=2)  # how far back is read again: an outage of a week-end loses nothing
PAR_RELEVE = 100
VERROU = 120  # seconds; two collections at once would be slow, not wrong


def fetch_sms(*, collectivite_id: int, at: datetime) -> int:
    """Collect the SMS of one town; return how many were new. An operator that is away is met again in a minute."""
    verrou = f"releve_sms:{collectivite_id}"
    if not cache.add(verrou, "1", timeout=VERROU):
        return 0
    try:
        with collectivite_active(collectivite_id):
            operateur = choose_recepteur()
        return _collect(operateur, collectivite_id, at) if operateur else 0
    except PanneTemporaire as error:
        logger.warning("releve_sms_impossible", extra={"cause": type(error).__name__})
        return 0
    finally:
        cache.delete(verrou)


def _collect(operateur: Ovh, collectivite_id: int, at: datetime) -> int:
    """No transaction is open while the network is spoken to."""
    listed = [f"{operateur.nom}:{ident}" for ident in operateur.list_received(since=at - RETOUR)]
    with collectivite_active(collectivite_id):
        same = Entree.objects.filter(canal=Entree.Canal.SMS, externe_id__in=listed)
        known = set(same.values_list("externe_id", flat=True))
    fresh = [each for each in listed if each not in known][:PAR_RELEVE]
    for externe_id in fresh:
        sms = operateur.read_received(externe_id.partition(":")[2])
        keep_raw(
            brut=write_sms(sms), collectivite_id=collectivite_id, canal=Entree.Canal.SMS, externe_id=externe_id, at=at
        )
    return len(fresh)


def write_sms(sms: SmsRecu) -> bytes:
    """Return the bytes kept: the same shape whatever the operator."""
    return json.dumps({"id": sms.ident, "de": sms.de, "texte": sms.texte}, ensure_ascii=False).encode()
