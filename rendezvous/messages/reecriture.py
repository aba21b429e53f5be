"""A reminder waits for days: when what it may name changes meanwhile, it is written again."""

from datetime import datetime

from collectivites.acteur import AUTOMATE
from rendezvous.etats import VIVANTS
from rendezvous.messages.parcours import replan_rappel
from rendezvous.messages.rappels import replace_rappel
from rendezvous.models import RendezVous


def rewrite(rendezvous_id: int, *, at: datetime) -> None:
    """Take back the reminder of an appointment still to be held, or of its visit, and queue it as it reads now."""
    rows = RendezVous.objects.select_related("motif__service", "lieu", "service", "usager", "seance")
    rdv = rows.filter(pk=rendezvous_id, etat__in=VIVANTS).first()
    if rdv is None:
        return
    if rdv.parcours_id is not None:
        replan_rappel(rdv.parcours_id, by=AUTOMATE, at=at)
    else:
        replace_rappel(rdv, by=AUTOMATE, at=at)
