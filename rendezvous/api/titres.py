"""Pre-application numbers given by a program, checked with France Titres before anything is booked."""

from collections.abc import Sequence
from typing import Any

from rest_framework.exceptions import APIException, ValidationError

from collectivites.api.acces import RequeteClef
from rendezvous.ants.verification import Verification, verify
from rendezvous.models.motif import PERSONNES_MAX

CHIFFRES = 19  # an identifier has fewer


class TitresEnPanne(APIException):
    """France Titres did not answer: the number can't be checked. The same request may be sent again."""

    status_code = 503
    default_code = "france-titres-en-panne"


def check_numeros(request: Any, kwargs: dict[str, Any]) -> Verification:
    """Prologue: ask about the numbers of the participants; a body of another shape is for the serializer to refuse."""
    body = request.data if isinstance(request.data, dict) else {}
    rows = body.get("participants")
    typed = (
        [each.get("numero_predemande") for each in rows if isinstance(each, dict)] if isinstance(rows, list) else []
    )
    lieu = str(body.get("lieu", ""))
    lieu_id = int(lieu) if lieu.isascii() and lieu.isdigit() and len(lieu) < CHIFFRES else None
    return verify([each for each in typed if isinstance(each, str)][:PERSONNES_MAX], lieu_id=lieu_id)


def refuse_numeros(request: RequeteClef, participants: Sequence[dict[str, Any]]) -> None:
    """Raise ValidationError (422) for a number that is not good, TitresEnPanne (503) without an answer.

    An appointment taken elsewhere with the same number refuses nothing: it is for the person to choose.
    """
    heard: Verification = getattr(request, "prologue", None) or Verification()
    refus = [heard.find_refus(each.get("numero_predemande", "")) for each in participants]
    if heard.panne and any(refus):
        raise TitresEnPanne(heard.panne)
    if any(refus):
        raise ValidationError({"participants": [{"numero_predemande": [each]} if each else {} for each in refus]})
