"""Sowing the usual catalogue in a town: what is missing is added, what the town wrote is never changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from collectivites.domaines import RESERVES
from collectivites.models import Collectivite, Service
from demandes.actions.catalogue import PublicationRefusee, publish_type
from demandes.catalogue.schema import write_schema
from demandes.catalogue.semis import COMMUNE, EPCI, THEMATIQUES, TOUS, Demarche, find_service, read_catalogue
from demandes.models import Thematique, TypeDemande
from journal.actions import record


@dataclass
class Bilan:
    """What sowing did: types created, completed because they bore the same name, left alone, and drafts."""

    crees: int = 0
    completes: int = 0
    intacts: int = 0
    brouillons: int = 0


@transaction.atomic
def sow_catalogue(*, by: Acteur, at: datetime) -> Bilan:
    """Add the usual démarches to the active town; publish those whose acknowledgement can be complete.

    A second run changes nothing: a type known by its code is left as the town made it. One that only bears the same
    name receives the code and what it lacks, and keeps its service, its domain and its engagement.
    """
    town = Collectivite.objects.get(pk=get_active_id())
    services = {str(each.pk): each for each in Service.objects.filter(is_active=True)}
    before = dict(Thematique.objects.filter(parent=None).values_list("pk", "rang"))
    bilan = Bilan()
    for demarche in _choose(town):
        _sow(demarche, services, bilan, by=by, at=at)
    _order_thematiques(before)
    record(
        verbe="catalogue.seme", objet_type="collectivite", objet_id=town.pk, libelle=town.nom, by=by, at=at,
        crees=bilan.crees, completes=bilan.completes,
    )  # fmt: skip
    return bilan


def _choose(town: Collectivite) -> list[Demarche]:
    kept = {TOUS, EPCI if town.nature == Collectivite.Nature.EPCI else COMMUNE}
    return [each for each in read_catalogue() if each.competence in kept]


def _sow(demarche: Demarche, services: dict[str, Service], bilan: Bilan, *, by: Acteur, at: datetime) -> None:
    if TypeDemande.objects.filter(code=demarche.code).exclude(brouillon={}).exists():
        bilan.intacts += 1
        return
    known = TypeDemande.objects.filter(code=demarche.code).first() or _find_named(demarche)
    type_ = known or _build(demarche, services)
    _complete(type_, demarche)
    type_.save()
    bilan.completes += known is not None
    bilan.crees += known is None
    try:
        publish_type(type_=type_, by=by, at=at)
    except PublicationRefusee:
        TypeDemande.objects.filter(pk=type_.pk).update(is_active=False)
        bilan.brouillons += 1


def _find_named(demarche: Demarche) -> TypeDemande | None:
    return TypeDemande.objects.filter(code="", libelle__iexact=demarche.libelle).first()


def _build(demarche: Demarche, services: dict[str, Service]) -> TypeDemande:
    """Return a new type, answered by the town's service that bears the usual name, if there is one."""
    found = find_service(demarche.service, {clef: each.nom for clef, each in services.items()})
    service = services[found] if found else None
    # a sealed démarche stays sealed, whoever answers; else the domain is the one of the service that reads it
    sealed = demarche.service.domaine in RESERVES
    return TypeDemande(
        libelle=demarche.libelle, service=service, engagement_jours=demarche.engagement_jours,
        domaine=demarche.service.domaine if sealed or service is None else service.domaine,
        thematique=Thematique.objects.named(demarche.thematique),
    )  # fmt: skip


def _order_thematiques(before: dict[int, int]) -> None:
    """Put the subjects in their usual order; in a town that has ordered its own, only the new ones, at the end."""
    is_ordered = any(before.values())
    roots = Thematique.objects.filter(parent=None)
    moved = [each for each in roots if not (is_ordered and each.pk in before)]
    usual = {libelle: rang for rang, libelle in enumerate(THEMATIQUES)}
    moved.sort(key=lambda each: (usual.get(each.libelle, len(usual)), each.libelle, each.pk))
    start = max(before.values(), default=0) + 1
    for rang, each in enumerate(moved, start=start):
        each.rang = rang
    Thematique.objects.bulk_update(moved, ["rang"])


def _complete(type_: TypeDemande, demarche: Demarche) -> None:
    facts: dict[str, Any] = {
        "code": demarche.code, "aide": demarche.aide, "nature": demarche.nature, "canaux": list(demarche.canaux),
        "publics": list(demarche.publics), "is_en_ligne": demarche.is_en_ligne, "regime_silence": demarche.regime,
        "silence_nombre": demarche.silence_nombre, "silence_unite": demarche.silence_unite,
        "silence_base": demarche.base, "silence_lu_on": demarche.lu_on, "is_silence_a_verifier": demarche.a_verifier,
        "recours": demarche.recours, "tarif": demarche.tarif, "fiche_url": demarche.fiche_url,
        "rdv_minutes": demarche.rdv_minutes, "rdv_motif": demarche.libelle if demarche.rdv_minutes else "",
        "brouillon": write_schema(demarche.schema),
    }  # fmt: skip
    for name, value in facts.items():
        setattr(type_, name, value)
