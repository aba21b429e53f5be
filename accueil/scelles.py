"""Contacts answered at the counter by a service that is sealed since: they go behind its seal."""

from datetime import datetime

from accueil.actions import OBJET
from citoyens.actions import move_all_interactions
from collectivites.acteur import Acteur
from collectivites.domaines import RESERVES
from collectivites.models import Service
from demandes.models import ContactImmediat


def follow_service(service: Service, _avant: str, _by: Acteur, _at: datetime) -> None:
    """A service changed domain: see `collectivites.scelles`. Opened, what was said under the seal stays there."""
    if service.domaine not in RESERVES:
        return
    rows = ContactImmediat.objects.filter(service=service).exclude(domaine__in=RESERVES)
    ids = list(rows.values_list("pk", flat=True))
    ContactImmediat.objects.filter(pk__in=ids).update(domaine=service.domaine)
    move_all_interactions(objet_type=OBJET, objet_ids=ids, domaine=service.domaine)
