"""Door of telephony, `/entrees/<slug>/cti/<jeton>/`: a call rings, is taken, ends. Nothing but the number is kept."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from collectivites.acces import public
from demandes.actions.appels import follow_call
from demandes.connecteurs import find_connecteur, note_received
from demandes.models import Connecteur
from demandes.reception.ecrits import EcritIllisible, read_numero, read_object, take_text
from demandes.views.entrees import answer, refuse_unknown, verify_post

EVENEMENTS = {
    "sonne": "sonne", "ringing": "sonne", "decroche": "decroche", "answered": "decroche", "termine": "termine",
    "ended": "termine",
}  # fmt: skip


@dataclass(frozen=True)
class Signal:
    """One event of a call. `numero` is E.164, empty when hidden or unreadable."""

    externe_id: str
    evenement: str
    numero: str
    poste: str


@public
@csrf_exempt  # a machine without session or cookie: the signature of the body takes the token's place
@require_POST
def cti(request: HttpRequest, jeton: str) -> HttpResponse:
    """Take one event: 202 with the id of the call, or 401, 404, 413, 422."""
    now = timezone.now()
    connecteur = find_connecteur(jeton, Connecteur.Genre.CTI)
    if connecteur is None:
        return refuse_unknown()
    refusal = verify_post(request, connecteur, at=now)
    if refusal is not None:
        return refusal
    try:
        signal = read_signal(request.body)
    except EcritIllisible as error:
        note_received(connecteur, at=now, erreur=str(error))
        return answer(422, "evenement-illisible", str(error))
    note_received(connecteur, at=now)
    appel = follow_call(
        connecteur=connecteur, externe_id=signal.externe_id, evenement=signal.evenement, numero=signal.numero,
        poste=signal.poste, at=now,
    )  # fmt: skip
    return JsonResponse({"appel": appel.pk, "etat": appel.etat}, status=202)


def read_signal(brut: bytes) -> Signal:
    """Read `{"id", "evenement", "numero", "poste"}`. Raises EcritIllisible."""
    lu = read_object(brut)
    evenement = EVENEMENTS.get(take_text(lu, "evenement", longueur=20, obligatoire=True))
    if evenement is None:
        raise EcritIllisible("Le champ «\u00a0evenement\u00a0» vaut sonne, decroche ou termine.")
    return Signal(
        externe_id=take_text(lu, "id", longueur=120, obligatoire=True),
        evenement=evenement,
        numero=read_numero(take_text(lu, "numero", longueur=40))[:20],
        poste=take_text(lu, "poste", longueur=20),
    )
