"""The catalogue of demandes: what can be asked, with which form, offered or not."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from collectivites.models import Collectivite
from demandes.accuses.mentions import missing_mentions
from demandes.catalogue.publication import check_formulaire
from demandes.catalogue.schema import Schema, read_schema, write_schema
from demandes.models import TypeDemande, VersionFormulaire
from journal.actions import record


class PublicationRefusee(ValueError):
    """The acknowledgement of this type would lack a mandatory mention. `manques` are French sentences."""

    def __init__(self, manques: tuple[str, ...]) -> None:
        self.manques = manques
        super().__init__("Il manque\u00a0: " + " ".join(manques))


class BrouillonChange(ValueError):
    """Somebody else has changed the form meanwhile."""

    def __init__(self) -> None:
        super().__init__("Ce formulaire vient d'être changé par quelqu'un d'autre. Voici sa dernière version.")


def list_manques(type_: TypeDemande, *, collectivite: Collectivite) -> tuple[str, ...]:
    """Return what keeps the type from being published, one sentence each; empty when it can be (CRPA R112-11-1)."""
    return (*missing_mentions(type_, type_.service, collectivite), *check_formulaire(type_.brouillon))


@transaction.atomic
def save_type(*, type_: TypeDemande, by: Acteur, at: datetime) -> TypeDemande:
    """Create or change a type. Demandes already open keep the service, the form and the deadline they were given."""
    verbe = "type_demande.modifie" if type_.pk else "type_demande.cree"
    type_.save()
    _record(verbe, type_, by=by, at=at)
    return type_


@transaction.atomic
def save_brouillon(*, type_: TypeDemande, schema: Schema, vu: dict[str, Any] | None, by: Acteur, at: datetime) -> None:
    """Keep the form being written; nothing changes for the usagers before it is published.

    `vu` is the draft the agent started from (None: do not check). Raises BrouillonChange, SchemaInvalide.
    """
    written = write_schema(read_schema(write_schema(schema)))
    stored = TypeDemande.objects.select_for_update(of=("self",)).get(pk=type_.pk)
    if vu is not None and stored.brouillon != vu:
        raise BrouillonChange
    if stored.brouillon == written:
        return
    stored.brouillon = type_.brouillon = written
    stored.save(update_fields=["brouillon"])
    _record("type_demande.formulaire", stored, by=by, at=at)


@transaction.atomic
def publish_type(*, type_: TypeDemande, by: Acteur, at: datetime) -> VersionFormulaire:
    """Offer the type, and freeze its draft as a version when the form has changed. Raises PublicationRefusee."""
    stored = TypeDemande.objects.select_for_update(of=("self",)).select_related("service").get(pk=type_.pk)
    manques = list_manques(stored, collectivite=Collectivite.objects.get(pk=get_active_id()))
    if manques:
        raise PublicationRefusee(manques)
    version = _freeze(stored, by=by, at=at)
    TypeDemande.objects.filter(pk=stored.pk).update(version_courante=version, is_active=True)
    type_.version_courante, type_.is_active = version, True
    _record("type_demande.publie", stored, by=by, at=at, version=version.numero)
    return version


@transaction.atomic
def retire_type(*, type_: TypeDemande, by: Acteur, at: datetime) -> None:
    """Stop offering the type; nothing is deleted, its demandes keep it."""
    if TypeDemande.objects.filter(pk=type_.pk, is_active=True).update(is_active=False):
        _record("type_demande.retire", type_, by=by, at=at)


def _freeze(type_: TypeDemande, *, by: Acteur, at: datetime) -> VersionFormulaire:
    """Return the version that holds the draft: the current one when the form is the same, else a new one."""
    schema = write_schema(read_schema(type_.brouillon))
    current: VersionFormulaire | None = type_.version_courante
    if current is not None and current.schema == schema:
        return current
    last = VersionFormulaire.objects.filter(type=type_).aggregate(last=Max("numero"))["last"] or 0
    return VersionFormulaire.objects.create(
        type=type_, numero=last + 1, schema=schema, agent_id=by.agent_id, published_at=at
    )


def _record(verbe: str, type_: TypeDemande, *, by: Acteur, at: datetime, **details: Any) -> None:
    record(verbe=verbe, objet_type="type_demande", objet_id=type_.pk, libelle=type_.libelle, by=by, at=at, **details)
