"""An agent leaves: their open demandes go back to the service, their tasks to whoever looks at the demande."""

from copy import copy
from datetime import datetime

from django.db.models import F

from collectivites.acteur import Acteur
from demandes.models import Abonnement, Demande, Tache
from demandes.travail.affectations import record_passage
from journal.actions import record

MOTIF = "L'agent ne travaille plus pour ce service."


def hand_back(agent_id: int, services: frozenset[int] | None, by: Acteur, at: datetime) -> None:
    """Take back what `agent_id` had: of these services, or everything when `services` is None (they left the town).

    Called in the transaction that changes their rights. Two statements a demande: history and journal.
    """
    held = Demande.objects.assigned_to(agent_id)
    if services is not None:
        held = held.filter(service_id__in=services)
    rows = list(held.order_by("pk").select_for_update(no_key=True, of=("self",)))
    Demande.objects.filter(pk__in=[row.pk for row in rows]).update(agent=None, version=F("version") + 1)
    for row in rows:
        _tell(row, by=by, at=at)
    if services is None:
        Tache.objects.filter(agent_id=agent_id, done_at=None).update(agent=None)
        Abonnement.objects.filter(agent_id=agent_id).delete()


def _tell(before: Demande, *, by: Acteur, at: datetime) -> None:
    after = copy(before)
    after.agent, after.version = None, before.version + 1
    record_passage(before, after, by=by, at=at, motif=MOTIF)
    record(
        verbe="demande.rendue_au_service", objet_type="demande", objet_id=after.pk, libelle=after.numero, by=by, at=at,
        version=after.version,
    )  # fmt: skip
