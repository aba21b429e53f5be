"""Search of usagers by a program: the same search as the agents', and each usager shown is logged."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from citoyens.api.serializers import RechercheSerializer, UsagersTrouvesSerializer
from citoyens.recherche import search_usagers
from collectivites.api.acces import RequeteClef, clef_requise
from collectivites.clefs import AUCUN_AGENT
from collectivites.permissions import Permission
from journal.actions import record_readings
from journal.models import Consultation


@extend_schema(
    operation_id="chercher_usagers",
    summary="Chercher un usager",
    description="Le plus probable d'abord. Chaque usager montré est inscrit au journal des consultations.",
    parameters=[RechercheSerializer],
    responses=UsagersTrouvesSerializer,
    tags=["usagers"],
)
@clef_requise(GET=Permission.USAGER_LIRE)
def usagers(request: RequeteClef) -> Response:
    """`GET /api/v1/usagers/?q=`."""
    query = RechercheSerializer(data=request.query_params)
    query.is_valid(raise_exception=True)
    found = search_usagers(query.validated_data["q"], limite=query.validated_data["limite"])
    record_readings(
        vue=Consultation.Vue.PROFIL, lus=[(usager.pk, None) for usager in found], agent_id=AUCUN_AGENT,
        at=timezone.now(), motif=request.auth.motif,
    )  # fmt: skip
    return Response(UsagersTrouvesSerializer({"resultats": found}).data)
