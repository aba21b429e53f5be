"""An agent leaves: their open demandes go back to the service, their tasks to whoever looks at the demande."""

from datetime import datetime

from collectivites.acteur import Acteur
from demandes.models import Abonnement, Demande, Tache
from demandes.travail.affectations import record_passage
from demandes.versions import touch
from journal.actions import record

MOTIF = "L'agent ne travaille plus pour ce service."


def hand_back(agent_id: int, services: frozenset[int] | None, by: Acteur, at: datetime) -> None:
    """Take back what `agent_id` had: of these services, or everything when `services` is None (they left the town).

    Called in the transaction that changes their rights. About six statements a demande.
    """
    held = Demande.objects.assigned_to(agent_id)
    if services is not None:
        held = held.filter(service_id__in=services)
    for demande in list(held.order_by("pk")):
        _free(demande, by=by, at=at)
    if services is None:
        Tache.objects.filter(agent_id=agent_id, done_at=None).update(agent=None)
        Abonnement.objects.filter(agent_id=agent_id).delete()


def _free(demande: Demande, *, by: Acteur, at: datetime) -> None:
    fresh = touch(demande.pk, agent=None)
    record_passage(demande, fresh, by=by, at=at, motif=MOTIF)
    record(
        verbe="demande.rendue_au_service", objet_type="demande", objet_id=fresh.pk, libelle=fresh.numero, by=by, at=at,
        version=fresh.version,
    )  # fmt: skip
