"""The three calls to the coordination of France Titres: status, declare, withdraw. Never inside a transaction.

The answer to a person who waits comes within `PATIENCE`; without it the booking is refused, never guessed.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from rendezvous.ants.numeros import Avis, read_avis
from socle.reseau import ReseauEnEchec, call

PATIENCE = 4.0  # seconds
OCTETS_MAX = 262_144


class CoordinationEnPanne(Exception):
    """No usable answer; `passager` False: the call itself was refused, insisting is useless."""

    def __init__(self, detail: str, *, passager: bool = True) -> None:
        self.passager = passager
        super().__init__(detail)


def is_branchee() -> bool:
    """True when the operator gave the address and the token of the coordination."""
    return bool(settings.ANTS_COORDINATION_URL and settings.ANTS_COORDINATION_JETON)


def read_statuts(numeros: Sequence[str], *, lieu: str) -> list[Avis]:
    """Return what is known of each number. `lieu`: id of the meeting point. Raises CoordinationEnPanne."""
    query = [*(("application_ids", numero) for numero in numeros), ("meeting_point_id", lieu)]
    try:
        return read_avis(_call("GET", "status", query), numeros)
    except ValueError as error:
        raise CoordinationEnPanne("réponse illisible") from error


def declare(charge: Mapping[str, str]) -> None:
    """Tell one appointment of one number. Raises CoordinationEnPanne."""
    _call("POST", "appointments", list(charge.items()))


def withdraw(charge: Mapping[str, str]) -> None:
    """Withdraw it; one that is no longer there is withdrawn. Raises CoordinationEnPanne."""
    known = [(clef, valeur) for clef, valeur in charge.items() if clef != "management_url"]
    _call("DELETE", "appointments", known, absent_vaut_fait=True)


def _call(methode: str, chemin: str, query: Sequence[tuple[str, str]], *, absent_vaut_fait: bool = False) -> Any:
    url = f"{settings.ANTS_COORDINATION_URL.rstrip('/')}/{chemin}?{urlencode(query)}"
    headers = {"Accept": "application/json", "x-rdv-opt-auth-token": settings.ANTS_COORDINATION_JETON}
    try:
        answer = call(methode, url, octets_max=OCTETS_MAX, entetes=headers, secondes=PATIENCE)
    except ReseauEnEchec as error:
        raise CoordinationEnPanne(str(error)) from error
    if absent_vaut_fait and answer.statut == 404:
        return {}
    if not 200 <= answer.statut < 300:
        raise CoordinationEnPanne(f"code {answer.statut}", passager=answer.statut >= 500 or answer.statut == 429)
    try:
        return json.loads(answer.corps or b"{}")
    except ValueError as error:
        raise CoordinationEnPanne("réponse illisible") from error
