"""What may be booked and when, for programs: `GET /api/v1/motifs/`, `GET /api/v1/creneaux/`."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import F, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response

from collectivites.api.acces import RequeteClef, clef_requise
from collectivites.models import Lieu
from collectivites.permissions import Permission
from rendezvous.api.serializers import CreneauxSerializer, MotifsSerializer, RechercheSerializer
from rendezvous.creneaux.modele import JOURS_USAGER, Creneau, RechercheRefusee
from rendezvous.creneaux.recherche import find_offre
from rendezvous.en_ligne.vitrine import find_zone_of
from rendezvous.heures import get_day, to_local
from rendezvous.models import Motif

SEMAINE = timedelta(days=6)
SANS_ADRESSE = "Ce motif va selon l'adresse\u00a0: donnez celle de l'usager."
SANS_SECTEUR = "Cette adresse n'est dans aucun secteur connu."


@extend_schema(
    operation_id="lister_motifs",
    summary="Lister les motifs réservables en ligne",
    description="Ceux que tout usager réserve\u00a0; un domaine protégé demande une clef qui l'ouvre.",
    responses=MotifsSerializer,
    tags=["rendez-vous"],
)
@clef_requise(GET=Permission.RENDEZVOUS_LIRE)
def motifs(request: RequeteClef) -> Response:
    """`GET /api/v1/motifs/`."""
    rows = list_motifs(request).select_related("service").order_by("service__nom", "libelle", "pk")
    return Response(MotifsSerializer({"resultats": rows}).data)


@extend_schema(
    operation_id="lister_creneaux",
    summary="Lister les créneaux libres d'un motif",
    description="Par ordre d'heure, un par lieu et par heure. Les jours sont ceux du lieu. Rien n'est retenu\u00a0: "
    "réservez, et prenez une des «\u00a0alternatives\u00a0» si quelqu'un fut plus rapide (409).",
    parameters=[RechercheSerializer],
    responses=CreneauxSerializer,
    tags=["rendez-vous"],
)
@clef_requise(GET=Permission.RENDEZVOUS_LIRE)
def creneaux(request: RequeteClef) -> Response:
    """`GET /api/v1/creneaux/`. Eight reads at most, with those of the key, whatever the agents and the days."""
    asked = RechercheSerializer(data=_read_query(request))
    asked.is_valid(raise_exception=True)
    facts, now = asked.validated_data, timezone.now()
    motif, fuseaux = _load_motif(request, facts["motif"])
    du = facts.get("du", get_day(now, request.auth.collectivite.fuseau))
    au = facts.get("au", du + SEMAINE)
    _check_days(du, au)
    try:
        found = find_offre(
            motif=motif, du=du, au=au, at=now, personnes=facts["personnes"], lieux=facts.get("lieu"),
            zone_id=find_zone_id(motif, facts.get("adresse", "")),
        )  # fmt: skip
    except RechercheRefusee as refusal:
        raise ValidationError({"personnes": str(refusal)}) from refusal
    answer = {"motif": motif.pk, "personnes": facts["personnes"], "du": du.isoformat(), "au": au.isoformat()}
    return Response(answer | {"resultats": write_creneaux(found, fuseaux)})


def list_motifs(request: RequeteClef) -> QuerySet[Motif]:
    """Return what this key may book: open to all, in a domain it reads."""
    return Motif.objects.filter(
        is_active=True, reservable_par=Motif.Reservable.TOUS, service__is_active=True,
        service__domaine__in=request.auth.domaines,
    )  # fmt: skip


def get_motif(request: RequeteClef, pk: int) -> Motif:
    """Return a motif this key may book, with its service. Raises NotFound."""
    motif = list_motifs(request).select_related("service").filter(pk=pk).first()
    if motif is None:
        raise NotFound
    return motif


def _load_motif(request: RequeteClef, pk: int) -> tuple[Motif, dict[int, str]]:
    """Return a motif and the zone of each lieu, in one query. Raises NotFound."""
    lieux = Lieu.objects.order_by().annotate(ville_entiere=Value(1)).values("ville_entiere")
    zones = lieux.annotate(zones=JSONBAgg(JSONObject(lieu=F("pk"), fuseau=F("fuseau")))).values("zones")
    motif = list_motifs(request).annotate(zones=Subquery(zones)).filter(pk=pk).first()
    if motif is None:
        raise NotFound
    return motif, {each["lieu"]: each["fuseau"] for each in motif.zones or []}


def find_zone_id(motif: Motif, adresse: str) -> int | None:
    """Return the district of an address for a motif that needs it (one query). Raises ValidationError."""
    if not motif.is_sectorise:
        return None
    if not adresse.strip():
        raise ValidationError({"adresse": SANS_ADRESSE})
    zone = find_zone_of(adresse)
    if zone is None:
        raise ValidationError({"adresse": SANS_SECTEUR})
    return int(zone.pk)


def write_creneaux(found: Sequence[Creneau], fuseaux: Mapping[int, str]) -> list[dict[str, Any]]:
    """Return slots as the API says them, on the clock of their lieu."""
    return [
        {
            "debut": to_local(each.debut_at, fuseaux[each.lieu_id]).isoformat(),
            "fin": to_local(each.fin_at, fuseaux[each.lieu_id]).isoformat(),
            "lieu": each.lieu_id, "seance": each.seance_id, "places": each.places_restantes,
        }
        for each in found
    ]  # fmt: skip


def _read_query(request: RequeteClef) -> dict[str, Any]:
    query: dict[str, Any] = request.query_params.dict()
    return query | ({"lieu": request.query_params.getlist("lieu")} if "lieu" in query else {})


def _check_days(du: date, au: date) -> None:
    if au < du:
        raise ValidationError({"au": "Le dernier jour vient avant le premier."})
    if (au - du).days >= JOURS_USAGER:
        raise ValidationError({"au": f"Une recherche porte sur {JOURS_USAGER}\u00a0jours au plus."})
