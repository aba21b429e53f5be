"""Demandes for programs: list, one, open. A key sees nothing of a sealed domain that it was not given by name."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from collectivites.api.acces import RequeteClef, clef_requise
from collectivites.api.idempotence import AutreContenu, read_idempotence
from collectivites.clefs import AUCUN_AGENT
from collectivites.permissions import Permission
from demandes.actions import ObjetVide, ReceptionImpossible, open_demande
from demandes.api.serializers import (
    DepotSerializer,
    FicheDemandeSerializer,
    FiltresSerializer,
    PageDemandesSerializer,
    RecepisseSerializer,
    TypesSerializer,
)
from demandes.catalogue.formulaire import ReponsesInvalides, clean_reponses, relax
from demandes.catalogue.vitrine import published_schema
from demandes.models import Demande, DemandeQuerySet, Message, TypeDemande
from journal.actions import record_reading, record_readings
from journal.models import Consultation, Evenement
from socle.pages import CurseurIllisible, read_curseur, read_page

IDEMPOTENCE = OpenApiParameter(
    "Idempotency-Key", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True,
    description="Tirée au hasard pour chaque dépôt\u00a0; la même rend le même récépissé (200) sans rien écrire.",
)  # fmt: skip


@extend_schema(
    methods=["GET"],
    operation_id="lister_demandes",
    summary="Lister les demandes",
    description="La dernière reçue d'abord. Chaque demande montrée est inscrite au journal des consultations.",
    parameters=[FiltresSerializer],
    responses=PageDemandesSerializer,
    tags=["demandes"],
)
@extend_schema(
    methods=["POST"],
    operation_id="deposer_demande",
    summary="Déposer une demande",
    parameters=[IDEMPOTENCE],
    request=DepotSerializer,
    responses={201: RecepisseSerializer, 200: RecepisseSerializer},
    tags=["demandes"],
)
@clef_requise(GET=Permission.DEMANDE_LIRE, POST=Permission.DEMANDE_CREER)
def demandes(request: RequeteClef) -> Response:
    """`GET` and `POST /api/v1/demandes/`."""
    return _open(request) if request.method == "POST" else _list(request)


@extend_schema(
    operation_id="lire_demande",
    summary="Lire une demande et ses échanges",
    description="La lecture est inscrite au journal des consultations.",
    parameters=[OpenApiParameter("numero", OpenApiTypes.STR, OpenApiParameter.PATH, description="DEM-2026-0871")],
    responses=FicheDemandeSerializer,
    tags=["demandes"],
)
@clef_requise(GET=Permission.DEMANDE_LIRE)
def demande(request: RequeteClef, numero: str) -> Response:
    """`GET /api/v1/demandes/{numero}/`."""
    found = _load(_visible(request), numero.upper())
    record_reading(
        vue=Consultation.Vue.DEMANDE, agent_id=AUCUN_AGENT, at=timezone.now(), usager_id=found.usager_id,
        objet_id=found.pk, motif=request.auth.motif,
    )  # fmt: skip
    return Response(FicheDemandeSerializer(found).data)


@extend_schema(
    operation_id="lister_types",
    summary="Lister les types de demande proposés",
    responses=TypesSerializer,
    tags=["demandes"],
)
@clef_requise(GET=Permission.DEMANDE_CREER)
def types(request: RequeteClef) -> Response:
    """`GET /api/v1/types-demandes/`."""
    rows = (
        TypeDemande.objects.filter(is_active=True)
        .select_related("thematique")
        .order_by("thematique__libelle", "libelle", "pk")
    )
    return Response(TypesSerializer({"resultats": rows}).data)


def _visible(request: RequeteClef) -> DemandeQuerySet:
    return Demande.objects.filter(domaine__in=request.auth.domaines)


def _load(rows: DemandeQuerySet, numero: str) -> Demande:
    """Load a demande and its `echanges`, oldest first (two queries); internal notes stay here. Raises Http404."""
    found = rows.for_fiche().filter(numero=numero).first()
    if found is None:
        raise Http404
    spoken = Message.objects.filter(demande=found).exclude(sens=Message.Sens.INTERNE)
    found.echanges = list(spoken.order_by("at", "pk"))  # type: ignore[attr-defined]  # read by the serializer
    return found


def _list(request: RequeteClef) -> Response:
    query = FiltresSerializer(data=request.query_params)
    query.is_valid(raise_exception=True)
    facts = query.validated_data
    try:
        after = read_curseur(facts["curseur"]) if "curseur" in facts else None
    except CurseurIllisible as error:
        raise ValidationError({"curseur": str(error)}) from error
    rows = _filter(_visible(request), facts).for_list().select_related("type__thematique")
    page, following = read_page(rows, champ="received_at", apres=after, taille=facts["taille"])
    record_readings(
        vue=Consultation.Vue.DEMANDE, lus=[(row.usager_id, row.pk) for row in page], agent_id=AUCUN_AGENT,
        at=timezone.now(), motif=request.auth.motif,
    )  # fmt: skip
    suivant = _with_curseur(request, following.write()) if following else None
    return Response(PageDemandesSerializer({"resultats": page, "suivant": suivant}).data)


def _filter(rows: DemandeQuerySet, facts: dict[str, Any]) -> DemandeQuerySet:
    """Keep what was asked. « Changed » means told by the journal: every action on a demande writes a line there."""
    for name in ("etat", "service"):
        if name in facts:
            rows = rows.filter(**{name: facts[name]})
    if "modifie_depuis" in facts:
        told = Evenement.objects.filter(objet_type="demande", at__gte=facts["modifie_depuis"])
        rows = rows.filter(pk__in=told.values("objet_id"))
    return rows


def _with_curseur(request: RequeteClef, curseur: str) -> str:
    query = request.query_params.copy()
    query["curseur"] = curseur
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _open(request: RequeteClef) -> Response:
    clef = read_idempotence(request)
    body = DepotSerializer(data=request.data)
    body.is_valid(raise_exception=True)
    facts, at = body.validated_data, timezone.now()
    reponses = _read_reponses(facts, at)
    try:
        opened = open_demande(
            objet=facts["objet"], description=facts["description"], canal=facts["canal"],
            mode_reponse=facts["mode_reponse"], received_at=facts.get("recue_le", at), usager=facts.get("usager"),
            type=facts.get("type"), adresse=facts["courriel"], clef=clef, by=request.auth.acteur, at=at,
            reponses=reponses,
        )  # fmt: skip
    except ReceptionImpossible as error:
        raise ValidationError({"recue_le": str(error)}) from error
    except ObjetVide as error:
        raise ValidationError({"objet": str(error)}) from error
    is_new = opened.created_at == at
    if not is_new:
        _verify_same(opened, facts, clef)
    headers = {"Location": reverse("api:demande", args=[opened.numero])}
    return Response(RecepisseSerializer(opened).data, status=201 if is_new else 200, headers=headers)


def _read_reponses(facts: dict[str, Any], at: datetime) -> dict[str, Any]:
    """Check the answers against the published form of the type; all that is required is due from a form on the web.

    Raises ValidationError, question by question.
    """
    type_: TypeDemande | None = facts.get("type")
    if type_ is None:
        if facts["reponses"]:
            raise ValidationError({"type": "Des réponses demandent un type\u00a0: c'est lui qui porte le formulaire."})
        return {}
    schema = published_schema(type_)
    asked = schema if facts["canal"] == Demande.Canal.FORMULAIRE else relax(schema)
    try:
        return clean_reponses(asked, facts["reponses"], jour=timezone.localdate(at))
    except ReponsesInvalides as error:
        raise ValidationError({"reponses": error.erreurs}) from error


def _verify_same(opened: Demande, facts: dict[str, Any], clef: UUID) -> None:
    """Compare with the first message, which is never edited. Raises AutreContenu."""
    first = Message.objects.get(demande=opened, clef=clef)
    same = first.texte == (facts["description"].strip() or facts["objet"].strip()) and first.canal == facts["canal"]
    if not (same and opened.objet == facts["objet"].strip()):
        raise AutreContenu
