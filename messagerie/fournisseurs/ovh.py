"""OVHcloud SMS: `POST /sms/{serviceName}/jobs` sends, `GET /sms/{serviceName}/incoming` reads what was received.

Signature: "$1$" + SHA1_HEX(secret+consumer+METHOD+url+body+timestamp), as in OVHcloud's « First steps with the API ».
Answer: ids, validReceivers, invalidReceivers, totalCreditsRemoved. The API takes no idempotency key: a call whose end
we did not see is uncertain for ever, and only a person may send it again.
"""

import hashlib
import json
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from messagerie.fournisseurs.base import (
    CompteInutilisable,
    Message,
    PanneTemporaire,
    RefusDefinitif,
    SmsRecu,
    SortInconnu,
)
from messagerie.fournisseurs.http import Reponse, get, post
from messagerie.segments import count_segments

CHAMPS = {
    "service": "Nom du service (sms-ab12345-1)",
    "application_key": "Application Key",
    "application_secret": "Application Secret",
    "consumer_key": "Consumer Key",
}
VALIDITE_MINUTES = 2880
COMPTE = {
    401: "OVHcloud refuse les clefs du compte.",
    402: "Le compte OVHcloud n'a plus de crédit.",
    403: "OVHcloud refuse les clefs du compte, ou leur droit d'envoyer.",
    404: "Le service SMS n'existe pas chez OVHcloud.",
}
PASSAGER = {408, 425, 429, 503}


class Ovh:
    """One SMS service of a collectivité at OVHcloud. `identifiants` has the keys of CHAMPS."""

    nom = "ovh"
    is_idempotent = False

    def __init__(self, url: str, identifiants: dict[str, str]) -> None:
        missing = [label for key, label in CHAMPS.items() if not identifiants.get(key)]
        if missing:
            raise CompteInutilisable(f"Le compte OVHcloud est incomplet\u00a0: {', '.join(missing)}.")
        self.url = url.rstrip("/")
        self.identifiants = identifiants

    def send(self, message: Message) -> str:
        """See Fournisseur."""
        url = f"{self.url}/sms/{quote(self.identifiants['service'], safe='')}/jobs"
        body = json.dumps(build_job(message), separators=(",", ":"))
        return read_answer(post(url, body.encode(), self._sign("POST", url, body)), message.destinataire)

    def list_received(self, *, since: datetime) -> list[str]:
        """Return the ids of the SMS received since then, oldest first. Raises CompteInutilisable, PanneTemporaire."""
        ids = self._get("incoming", {"creationDatetime.from": since.astimezone(UTC).isoformat(timespec="seconds")})
        if not isinstance(ids, list):
            raise PanneTemporaire("Réponse inattendue d'OVHcloud.")
        return [str(each) for each in sorted(ids) if isinstance(each, int)]

    def read_received(self, ident: str) -> SmsRecu:
        """Return one SMS received; it stays at the operator's. Raises CompteInutilisable, PanneTemporaire."""
        read = self._get(f"incoming/{quote(ident, safe='')}", {})
        if not isinstance(read, dict):
            raise PanneTemporaire("Réponse inattendue d'OVHcloud.")
        return SmsRecu(ident=ident, de=str(read.get("sender") or ""), texte=str(read.get("message") or ""))

    def _get(self, what: str, query: dict[str, str]) -> Any:
        url = f"{self.url}/sms/{quote(self.identifiants['service'], safe='')}/{what}"
        url = f"{url}?{urlencode(query)}" if query else url
        statut, corps = get(url, self._sign("GET", url, ""))
        if statut in COMPTE:
            raise CompteInutilisable(COMPTE[statut])
        if statut != 200:
            raise PanneTemporaire(f"OVHcloud est occupé ({statut}).")
        return corps

    def _sign(self, method: str, url: str, body: str) -> dict[str, str]:
        stamp = str(int(time.time()))
        secret, consumer = self.identifiants["application_secret"], self.identifiants["consumer_key"]
        digest = hashlib.sha1("+".join((secret, consumer, method, url, body, stamp)).encode())  # noqa: S324 their API
        return {
            "Content-Type": "application/json;charset=utf-8",
            "X-Ovh-Application": self.identifiants["application_key"],
            "X-Ovh-Consumer": consumer,
            "X-Ovh-Timestamp": stamp,
            "X-Ovh-Signature": f"$1${digest.hexdigest()}",
        }


def build_job(message: Message) -> dict[str, Any]:
    """Return the body of the call; without a sender's name the person can answer. A service SMS carries no STOP."""
    job: dict[str, Any] = {
        "charset": "UTF-8",
        "coding": "7bit" if count_segments(message.texte).is_gsm else "8bit",
        "message": message.texte,
        "noStopClause": True,
        "priority": "high",
        "receivers": [message.destinataire],
        "validityPeriod": VALIDITE_MINUTES,
    }
    return job | ({"sender": message.expediteur} if message.expediteur else {"senderForResponse": True})


def read_answer(answer: Reponse, numero: str) -> str:
    """Return the reference. A page in place of JSON, or a crash on their side, leaves the fate unknown."""
    if answer.statut in COMPTE:
        raise CompteInutilisable(COMPTE[answer.statut])
    if answer.statut in PASSAGER:
        raise PanneTemporaire(f"OVHcloud est occupé ({answer.statut}).")
    if answer.statut == 200 and answer.corps is not None:
        return _read_job(answer.corps, numero)
    if 400 <= answer.statut < 500:
        raise RefusDefinitif(f"OVHcloud refuse ce message ({answer.statut}).")
    raise SortInconnu(f"Réponse inattendue d'OVHcloud ({answer.statut}).")


def _read_job(job: dict[str, Any], numero: str) -> str:
    if numero in job.get("invalidReceivers", []):
        raise RefusDefinitif("L'opérateur ne connaît pas ce numéro.")
    if not job.get("ids"):
        raise SortInconnu("OVHcloud n'a pas donné de référence.")
    return str(job["ids"][0])
