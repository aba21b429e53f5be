"""Doors for programs, `/entrees/<slug>/…`: a network, a partner's form, an SMS gateway. Signed, kept raw, answered.

Answers are problem details (RFC 9457) in French. 202: kept, it will be read; the same id again says so and keeps
nothing more. A door that is unknown, closed or of another town answers 404, always the same.
"""

import hashlib
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from collectivites.acces import public
from collectivites.cloison import get_active_id
from demandes.connecteurs import find_connecteur, note_received, read_secret
from demandes.models import Connecteur, Entree
from demandes.reception.arrivee import keep_raw
from demandes.reception.ecrits import OCTETS_MAX, EcritIllisible, find_id, read_object, take_text
from demandes.reception.signatures import ENTETE, HORODATAGE, SignatureRefusee, verify_signature
from messagerie.accuses import ENTETE as ENTETE_PASSERELLE
from messagerie.accuses import is_signed
from socle.problemes import TYPE_MIME, build_problem

Genre = Connecteur.Genre


@public
@csrf_exempt  # a machine without session or cookie: the signature of the body takes the token's place
@require_POST
def entree(request: HttpRequest, jeton: str) -> HttpResponse:
    """Keep a message handed over by a connector: 202, or 401 (signature), 404 (door), 413 (weight)."""
    now = timezone.now()
    connecteur = find_connecteur(jeton, Genre.RESEAU, Genre.SMS)
    if connecteur is None:
        return refuse_unknown()
    refusal = verify_post(request, connecteur, at=now)
    return refusal or _keep(request.body, connecteur, at=now)


def _keep(brut: bytes, connecteur: Connecteur, *, at: datetime) -> HttpResponse:
    note_received(connecteur, at=at)
    kept = keep_raw(
        brut=brut,
        collectivite_id=get_active_id(),
        canal=choose_canal(brut, connecteur),
        externe_id=name_entree(brut, connecteur.pk),
        connecteur_id=connecteur.pk,
        at=at,
    )
    return JsonResponse({"entree": kept.pk, "deja_recue": kept.is_deja_recue}, status=202)


def verify_post(request: HttpRequest, connecteur: Connecteur, *, at: datetime) -> HttpResponse | None:
    """Return the refusal of a body that is too heavy or not proved, None when it may be kept."""
    if int(request.headers.get("Content-Length") or 0) > OCTETS_MAX:
        return answer(413, "trop-lourd", f"Un message tient en {OCTETS_MAX // 1024}\u00a0ko.")
    try:
        verify_signature(
            read_secret(connecteur), request.body, at=at,
            signature=request.headers.get(ENTETE, ""), horodatage=request.headers.get(HORODATAGE, ""),
        )  # fmt: skip
    except SignatureRefusee as error:
        note_received(connecteur, at=at, erreur=str(error))
        return answer(401, error.code, str(error))
    return None


def choose_canal(brut: bytes, connecteur: Connecteur) -> str:
    """An SMS gateway brings SMS; a partner says « formulaire », else it is a network."""
    if connecteur.genre == Genre.SMS:
        return Entree.Canal.SMS
    try:
        said = take_text(read_object(brut), "genre", longueur=20)
    except EcritIllisible:
        said = ""
    return Entree.Canal.FORMULAIRE if said == Entree.Canal.FORMULAIRE else Entree.Canal.RESEAU


def name_entree(brut: bytes, connecteur_id: int | str) -> str:
    """Return the external id: the sender's own, by connector; the digest of the bytes when it gives none."""
    return f"{connecteur_id}:{find_id(brut) or hashlib.sha256(brut).hexdigest()}"


@public
@csrf_exempt  # signed with the key of this installation, as receipts are
@require_POST
def sms_passerelle(request: HttpRequest) -> HttpResponse:
    """Keep an SMS received by the gateway of this installation (demonstration): 202, 401, 413."""
    if int(request.headers.get("Content-Length") or 0) > OCTETS_MAX:
        return answer(413, "trop-lourd", "Un SMS ne pèse pas autant.")
    if not is_signed(request.body, request.headers.get(ENTETE_PASSERELLE, "")):
        return answer(401, "signature-fausse", "La signature ne correspond pas au message reçu.")
    kept = keep_raw(
        brut=request.body, collectivite_id=get_active_id(), canal=Entree.Canal.SMS,
        externe_id=name_entree(request.body, "passerelle"), at=timezone.now(),
    )  # fmt: skip
    return JsonResponse({"entree": kept.pk, "deja_recue": kept.is_deja_recue}, status=202)


def refuse_unknown() -> HttpResponse:
    """Say nothing of what exists."""
    return answer(404, "introuvable", "Aucun connecteur en service à cette adresse.")


def answer(status: int, code: str, detail: str) -> HttpResponse:
    """Return problem details."""
    body: dict[str, Any] = build_problem(status, code, detail)
    return JsonResponse(body, status=status, content_type=TYPE_MIME)
