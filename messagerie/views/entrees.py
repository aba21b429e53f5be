"""The door where providers say what became of an SMS."""

import json

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from collectivites.acces import public
from messagerie.accuses import ENTETE, AccuseIllisible, is_signed, read_receipt, store_receipt
from messagerie.fournisseurs.demo import PasserelleDemo

OCTETS_MAX = 16_384


@public
@csrf_exempt  # a machine without a session or a cookie: the signature of the body takes the token's place
@require_POST
def accuse_sms(request: HttpRequest) -> HttpResponse:
    """Take a receipt of the gateway: 204 kept, 202 unknown reference (nothing more is said), 400, 403, 413."""
    if int(request.headers.get("Content-Length") or 0) > OCTETS_MAX:
        return HttpResponse(status=413)
    if not is_signed(request.body, request.headers.get(ENTETE, "")):
        return HttpResponse(status=403)
    try:
        recu = read_receipt(PasserelleDemo.nom, json.loads(request.body))
    except (AccuseIllisible, ValueError):
        return HttpResponse(status=400)
    return HttpResponse(status=204 if store_receipt(recu, at=timezone.now()) else 202)
