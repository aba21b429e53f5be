"""The gateway of the demonstration (outils/passerelles.py): shows the SMS, sends nothing to anybody."""

import json

from messagerie.fournisseurs.base import CompteInutilisable, Message, PanneTemporaire, RefusDefinitif
from messagerie.fournisseurs.http import post


class PasserelleDemo:
    """POST {url}/sms {reference, numero, texte, expediteur}; the same reference is kept once."""

    nom = "demo"
    is_idempotent = True

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def send(self, message: Message) -> str:
        """See Fournisseur."""
        body = {
            "reference": str(message.uuid),
            "numero": message.destinataire,
            "texte": message.texte,
            "expediteur": message.expediteur,
        }
        answer = post(f"{self.url}/sms", json.dumps(body).encode(), {"Content-Type": "application/json"})
        if answer.statut in {200, 201} and answer.corps and answer.corps.get("id"):
            return str(answer.corps["id"])
        if answer.statut in {401, 402, 403}:
            raise CompteInutilisable("La passerelle refuse le compte.")
        if answer.statut in {400, 422}:
            raise RefusDefinitif("La passerelle refuse ce message.")
        raise PanneTemporaire(f"Réponse inattendue de la passerelle ({answer.statut}).")
