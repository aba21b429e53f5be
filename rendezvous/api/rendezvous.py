"""Appointments for programs: book, read, cancel, move. A key is held to the limits of usagers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from collectivites.acces import prologue
from collectivites.api.acces import RequeteClef, clef_requise
from collectivites.api.idempotence import AutreContenu, read_idempotence
from collectivites.clefs import AUCUN_AGENT
from collectivites.models import Lieu
from collectivites.permissions import Permission
from journal.actions import record_reading
from journal.models import Consultation
from rendezvous.api.creneaux import find_zone_id, get_motif, write_creneaux
from rendezvous.api.serializers import (
    AnnulationSerializer,
    DeplacementSerializer,
    DepotRendezVousSerializer,
    ProblemeCreneauSerializer,
    RecuSerializer,
    RendezVousSerializer,
)
from rendezvous.api.titres import check_numeros, refuse_numeros
from rendezvous.creneaux.modele import Creneau
from rendezvous.en_ligne.choix import N_IMPORTE
from rendezvous.etats import ANNULES
from rendezvous.heures import to_local
from rendezvous.messages.envois import list_participations
from rendezvous.messages.liens import build_lien_gestion
from rendezvous.models import Motif, Participation, RendezVous
from rendezvous.reservation.actions import book_rendezvous, cancel_rendezvous, move_rendezvous
from rendezvous.reservation.refus import ClefDejaServie, CreneauPris, RendezVousRefuse, VersionPerimee, tell_usager
from rendezvous.reservation.saisie import Participant
from socle.problemes import TYPE_MIME, build_problem

NUMERO = OpenApiParameter("numero", OpenApiTypes.STR, OpenApiParameter.PATH, description="RDV-2026-00042")
IDEMPOTENCE = OpenApiParameter(
    "Idempotency-Key", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True,
    description="Tirée au hasard pour chaque réservation\u00a0; la même rend le même rendez-vous (200) sans rien "
    "écrire.",
)  # fmt: skip


@extend_schema(
    operation_id="prendre_rendezvous",
    summary="Prendre un rendez-vous",
    description="L'usager reçoit la confirmation et le rappel. Si quelqu'un fut plus rapide, la réponse 409 donne les "
    "trois créneaux les plus proches.",
    parameters=[IDEMPOTENCE],
    request=DepotRendezVousSerializer,
    responses={201: RecuSerializer, 200: RecuSerializer, (409, TYPE_MIME): ProblemeCreneauSerializer},
    tags=["rendez-vous"],
)
@clef_requise(POST=Permission.RENDEZVOUS_TRAITER)
@prologue(check_numeros)
def prendre(request: RequeteClef) -> Response:
    """`POST /api/v1/rendezvous/`."""
    clef = read_idempotence(request)
    body = DepotRendezVousSerializer(data=request.data)
    body.is_valid(raise_exception=True)
    facts, at = body.validated_data, timezone.now()
    motif = get_motif(request, facts["motif"])
    if motif.categorie_ants and not RendezVous.objects.filter(clef=clef).exists():
        refuse_numeros(request, facts["participants"])
    try:
        rdv = book_rendezvous(
            creneau=_wish(motif, facts, personnes=facts["personnes"]), motif=motif, personnes=facts["personnes"],
            participants=[Participant(**each) for each in facts["participants"]], clef=clef,
            canal=RendezVous.Canal.API, by=request.auth.acteur, at=at, message=facts["message"],
            adresse=facts["adresse"] if motif.genre == Motif.Genre.DOMICILE else "",
            zone_id=find_zone_id(motif, facts["adresse"]),
        )  # fmt: skip
    except CreneauPris as lost:
        return _tell_lost(lost)
    except ClefDejaServie as error:
        raise AutreContenu from error
    except RendezVousRefuse as refusal:
        return _refuse(refusal)
    coming = list_participations(rdv)
    lien = build_lien_gestion(coming[0], slug=request.auth.collectivite.slug)
    written = _describe(rdv, coming) | {"lien_gestion": lien}
    headers = {"Location": reverse("api:rendezvous", args=[rdv.numero])}
    status = 201 if rdv.created_at == at else 200
    return Response(RecuSerializer(written).data, status=status, headers=headers)


@extend_schema(
    operation_id="lire_rendezvous",
    summary="Lire un rendez-vous",
    description="La lecture est inscrite au journal des consultations.",
    parameters=[NUMERO],
    responses=RendezVousSerializer,
    tags=["rendez-vous"],
)
@clef_requise(GET=Permission.RENDEZVOUS_LIRE)
def rendezvous(request: RequeteClef, numero: str) -> Response:
    """`GET /api/v1/rendezvous/{numero}/`."""
    rdv = _load(request, numero)
    record_reading(
        vue=Consultation.Vue.RENDEZVOUS, agent_id=AUCUN_AGENT, at=timezone.now(), usager_id=rdv.usager_id,
        objet_id=rdv.pk, motif=request.auth.motif,
    )  # fmt: skip
    return _answer(rdv)


@extend_schema(
    operation_id="annuler_rendezvous",
    summary="Annuler un rendez-vous",
    description="Au nom de l'usager, dans la limite du motif. Annuler deux fois ne change rien (200).",
    parameters=[NUMERO],
    request=AnnulationSerializer,
    responses={200: RendezVousSerializer, (409, TYPE_MIME): ProblemeCreneauSerializer},
    tags=["rendez-vous"],
)
@clef_requise(POST=Permission.RENDEZVOUS_TRAITER)
def annuler(request: RequeteClef, numero: str) -> Response:
    """`POST /api/v1/rendezvous/{numero}/annuler/`."""
    body = AnnulationSerializer(data=request.data)
    body.is_valid(raise_exception=True)
    rdv, facts = _load(request, numero), body.validated_data
    if rdv.etat in ANNULES:
        return _answer(rdv)
    try:
        cancel_rendezvous(
            rendezvous=rdv, version=facts.get("version", rdv.version), par="usager", raison=facts["raison"],
            by=request.auth.acteur, at=timezone.now(),
        )  # fmt: skip
    except (RendezVousRefuse, VersionPerimee) as refusal:
        return _refuse(refusal)
    return _answer(_load(request, numero))


@extend_schema(
    operation_id="deplacer_rendezvous",
    summary="Déplacer un rendez-vous",
    description="Dans la limite du motif. Déplacer là où il est déjà ne change rien (200).",
    parameters=[NUMERO],
    request=DeplacementSerializer,
    responses={200: RendezVousSerializer, (409, TYPE_MIME): ProblemeCreneauSerializer},
    tags=["rendez-vous"],
)
@clef_requise(POST=Permission.RENDEZVOUS_TRAITER)
def deplacer(request: RequeteClef, numero: str) -> Response:
    """`POST /api/v1/rendezvous/{numero}/deplacer/`."""
    body = DeplacementSerializer(data=request.data)
    body.is_valid(raise_exception=True)
    rdv, facts = _load(request, numero), body.validated_data
    if (rdv.debut_at, rdv.lieu_id) == (facts["debut"], facts["lieu"]):
        return _answer(rdv)
    try:
        move_rendezvous(
            rendezvous=rdv, version=facts.get("version", rdv.version),
            creneau=_wish(rdv.motif, facts, personnes=rdv.personnes), by=request.auth.acteur, at=timezone.now(),
            zone_id=find_zone_id(rdv.motif, facts["adresse"]),
        )  # fmt: skip
    except CreneauPris as lost:
        return _tell_lost(lost)
    except (RendezVousRefuse, VersionPerimee) as refusal:
        return _refuse(refusal)
    return _answer(_load(request, numero))


def _load(request: RequeteClef, numero: str) -> RendezVous:
    """Load an appointment in a domain the key reads; a slot merely retained is not one. Raises Http404."""
    rows = RendezVous.objects.booked().filter(domaine__in=request.auth.domaines)
    found = rows.select_related("motif", "service", "lieu").filter(numero=numero.upper()).first()
    if found is None:
        raise Http404
    return found


def _wish(motif: Motif, facts: dict[str, Any], *, personnes: int) -> Creneau:
    """The slot asked for; who receives is not the caller's choice. Raises ValidationError."""
    if not 1 <= personnes <= motif.personnes_max:
        raise ValidationError({"personnes": f"Ce motif se prend pour {motif.personnes_max} au plus."})
    debut_at: datetime = facts["debut"]
    return Creneau(
        debut_at=debut_at, fin_at=debut_at + timedelta(minutes=motif.get_duree(personnes)), lieu_id=facts["lieu"],
        ressource_id=N_IMPORTE, place=1, motif_id=motif.pk, seance_id=facts["seance"],
    )  # fmt: skip


def _tell_lost(lost: CreneauPris) -> Response:
    fuseaux = dict(Lieu.objects.values_list("pk", "fuseau"))
    problem = build_problem(409, "creneau-pris", str(lost))
    problem["alternatives"] = write_creneaux(lost.alternatives, fuseaux)
    return Response(problem, status=409, content_type=TYPE_MIME)


def _refuse(refusal: Exception) -> Response:
    """What the caller may correct is a 422 that names the field, anything else a 409. Raises ValidationError."""
    champ = getattr(refusal, "champ", "")
    if champ:
        raise ValidationError({{"debut_at": "debut", "lieu_id": "lieu"}.get(champ, champ): str(refusal)})
    code = "version-perimee" if isinstance(refusal, VersionPerimee) else "rendezvous-refuse"
    return Response(build_problem(409, code, tell_usager(refusal)), status=409, content_type=TYPE_MIME)


def _answer(rdv: RendezVous) -> Response:
    return Response(RendezVousSerializer(_describe(rdv, list_participations(rdv))).data)


def _describe(rdv: RendezVous, coming: Sequence[Participation]) -> dict[str, Any]:
    """What the API says of an appointment. Hours are written here: DRF would move them to its zone."""
    fuseau = rdv.lieu.fuseau
    return {
        "numero": rdv.numero, "etat": rdv.etat, "motif": rdv.motif, "service": rdv.service, "lieu": rdv.lieu,
        "debut": to_local(rdv.debut_at, fuseau).isoformat(), "fin": to_local(rdv.fin_at, fuseau).isoformat(),
        "personnes": rdv.personnes, "version": rdv.version,
        "participants": [
            {"usager": each.usager_id, "nom": each.usager.nom_complet, "numero_predemande": each.numero_predemande}
            for each in coming
        ],
    }  # fmt: skip
