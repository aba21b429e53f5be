"""The catalogue for programs: what can be asked, and the form of each démarche."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from collectivites.api.acces import RequeteClef, clef_requise
from collectivites.permissions import Permission
from demandes.api.serializers import ServiceSerializer
from demandes.catalogue.schema import GENRES, write_schema
from demandes.catalogue.vitrine import list_rayons, load_offert, published_schema
from demandes.models import Demande, Regime, TypeDemande


class DemarcheSerializer(serializers.Serializer[TypeDemande]):
    """A démarche, as the catalogue shows it."""

    id = serializers.IntegerField()
    libelle = serializers.CharField()
    aide = serializers.CharField()
    thematique = serializers.CharField(source="thematique.libelle")
    nature = serializers.CharField()
    service = ServiceSerializer(allow_null=True)
    engagement_jours = serializers.IntegerField(help_text="En jours ouvrés.")
    silence = serializers.ChoiceField(source="regime_silence", choices=Regime.choices)
    canaux = serializers.ListField(child=serializers.ChoiceField(choices=Demande.Canal.choices))
    en_ligne = serializers.BooleanField(source="is_en_ligne")
    publics = serializers.ListField(child=serializers.CharField())
    tarif = serializers.CharField()
    fiche_url = serializers.CharField()
    rendezvous_minutes = serializers.IntegerField(source="rdv_minutes", allow_null=True)


class DemarchesSerializer(serializers.Serializer[Any]):
    """The catalogue."""

    resultats = DemarcheSerializer(many=True)


class ConditionSerializer(serializers.Serializer[Any]):
    """Asked only when the answer to `champ` is one of `est`."""

    champ = serializers.CharField()
    est = serializers.ListField(child=serializers.CharField())


class ChoixSerializer(serializers.Serializer[Any]):
    """A possible answer."""

    code = serializers.CharField()
    libelle = serializers.CharField()


class ChampSerializer(serializers.Serializer[Any]):
    """A question. `min` and `max`: value, length, or days from the day of filing, by `genre`."""

    code = serializers.CharField()
    libelle = serializers.CharField()
    aide = serializers.CharField()
    genre = serializers.ChoiceField(choices=list(GENRES.items()))
    obligatoire = serializers.BooleanField()
    choix = ChoixSerializer(many=True, required=False)
    min = serializers.FloatField(required=False)
    max = serializers.FloatField(required=False)
    si = ConditionSerializer(required=False)


class PieceSerializer(serializers.Serializer[Any]):
    """A document asked, and the text that demands it."""

    code = serializers.CharField()
    libelle = serializers.CharField()
    aide = serializers.CharField()
    obligatoire = serializers.BooleanField()
    indispensable = serializers.BooleanField()
    texte = serializers.CharField()
    si = ConditionSerializer(required=False)


class FormulaireSerializer(serializers.Serializer[Any]):
    """The published form of a démarche; `version` is null when nothing is asked."""

    demarche = serializers.IntegerField()
    version = serializers.IntegerField(allow_null=True)
    champs = ChampSerializer(many=True)
    pieces = PieceSerializer(many=True)


@extend_schema(
    operation_id="lister_demarches",
    summary="Lister les démarches proposées",
    parameters=[OpenApiParameter("q", OpenApiTypes.STR, description="Mots cherchés dans le libellé et l'aide.")],
    responses=DemarchesSerializer,
    tags=["démarches"],
)
@clef_requise(GET=Permission.DEMANDE_CREER)
def demarches(request: RequeteClef) -> Response:
    """`GET /api/v1/demarches/`."""
    rows = [each for rayon in list_rayons(request.query_params.get("q", "")[:100]) for each in rayon.types]
    return Response(DemarchesSerializer({"resultats": rows}).data)


@extend_schema(
    operation_id="lire_formulaire",
    summary="Lire le formulaire d'une démarche",
    description="Les réponses se déposent avec la demande, dans «\u00a0reponses\u00a0».",
    responses=FormulaireSerializer,
    tags=["démarches"],
)
@clef_requise(GET=Permission.DEMANDE_CREER)
def formulaire(request: RequeteClef, pk: int) -> Response:
    """`GET /api/v1/demarches/{id}/formulaire/`."""
    type_ = load_offert(pk)
    if type_ is None:
        raise NotFound
    version = type_.version_courante.numero if type_.version_courante else None
    written = write_schema(published_schema(type_)) | {"demarche": type_.pk, "version": version}
    return Response(FormulaireSerializer(written).data)
