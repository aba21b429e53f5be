"""The catalogue of demandes: what can be asked."""

from datetime import datetime

from django.db import transaction

from collectivites.acteur import Acteur
from demandes.models import TypeDemande
from journal.actions import record


@transaction.atomic
def save_type(*, type_: TypeDemande, by: Acteur, at: datetime) -> TypeDemande:
    """Create or change a type. Demandes already open keep the service and the deadline they were given."""
    verbe = "type_demande.modifie" if type_.pk else "type_demande.cree"
    type_.save()
    _record(verbe, type_, by=by, at=at)
    return type_


@transaction.atomic
def set_type_active(*, type_: TypeDemande, is_active: bool, by: Acteur, at: datetime) -> None:
    """Offer the type to agents, or not any more; nothing is deleted, its demandes keep it."""
    if TypeDemande.objects.filter(pk=type_.pk).exclude(is_active=is_active).update(is_active=is_active):
        _record("type_demande.propose" if is_active else "type_demande.retire", type_, by=by, at=at)


def _record(verbe: str, type_: TypeDemande, *, by: Acteur, at: datetime) -> None:
    record(verbe=verbe, objet_type="type_demande", objet_id=type_.pk, libelle=type_.libelle, by=by, at=at)
