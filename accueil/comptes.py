"""E-mails about agents' accounts leave through the ledger of the town where the agent works."""

import hashlib
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite, Rattachement
from messagerie.actions import queue_occasion
from messagerie.models import Envoi
from socle.ecriture import write_duree

OBJET = "compte"  # objet_type of these rows: their body holds a link that opens an account, no screen shows it

# What allauth wants to send → the occasion whose text the town may rewrite. None: we stay silent, on purpose.
OCCASIONS: dict[str, str | None] = {
    "account/email/password_reset_key": "compte.mot_de_passe",
    "account/email/invitation": "compte.invitation",
    "account/email/unknown_account": None,  # answering would tell a stranger which addresses have an account
}


def queue_account_mail(*, template_prefix: str, email: str, context: dict[str, Any], at: datetime) -> Envoi | None:
    """Queue the message, in the context of the agent's oldest active town; None when there is nobody to write to.

    `context` holds `password_reset_url`, and `collectivite` when one town invites. Raises KeyError for an occasion
    of allauth that we never open.
    """
    occasion = OCCASIONS[template_prefix]
    rattachement = _find_rattachement(email, context.get("collectivite")) if occasion else None
    if occasion is None or rattachement is None:
        return None
    lien = settings.URL_PUBLIQUE + urlsplit(context["password_reset_url"]).path  # never the Host header's word
    validite = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    variables = {
        "collectivite": rattachement.collectivite.nom,
        "prenom": rattachement.agent.prenom,
        "lien": lien,
        "validite": write_duree(validite).replace("j", "jours"),
    }
    with collectivite_active(rattachement.collectivite_id):
        return queue_occasion(
            occasion=occasion,
            canal=Envoi.Canal.COURRIEL,
            variables=variables,
            destinataire=rattachement.agent.email,
            clef=f"compte:{rattachement.agent_id}:{hashlib.sha256(lien.encode()).hexdigest()[:16]}",
            voie=Envoi.Voie.IMMEDIAT,
            perime_at=at + validite,
            objet_type=OBJET,
            objet_id=rattachement.agent_id,
            by=AUTOMATE,
            at=at,
        )


def _find_rattachement(email: str, collectivite: Collectivite | None) -> Rattachement | None:
    active = Rattachement.objects.filter(is_active=True, collectivite__is_active=True, agent__is_active=True)
    mine = active.filter(agent__email=email.lower()).select_related("agent", "collectivite")
    if collectivite is not None:
        mine = mine.filter(collectivite=collectivite)
    return mine.order_by("created_at", "pk").first()
