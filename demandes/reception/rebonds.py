"""Messages that come back: the ledger learns the fate of what it sent, the contact is marked, the agent is told."""

import re
import uuid
from datetime import datetime, timedelta

from citoyens.actions import mark_contact_failing
from citoyens.models import PointContact
from demandes.models import Entree, Message
from demandes.reception.boucles import is_our_own_id
from demandes.reception.verdict import Verdict
from messagerie.actions import settle_envoi
from messagerie.models import Envoi
from socle.courriel import Courriel
from socle.courriel.diagnostic import RETARD
from socle.courriel.rebond import Rebond

_UUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)
_RETARDE = re.compile(rb"^action:[ \t]*delayed", re.IGNORECASE | re.MULTILINE)
RETOUR_MAX = timedelta(days=10)  # mail systems give up after five days
_PARTIS = (Envoi.Etat.EN_COURS, Envoi.Etat.ENVOYE, Envoi.Etat.INCERTAIN, Envoi.Etat.REMIS)


def settle_bounce(courriel: Courriel, rebond: Rebond, *, at: datetime) -> Verdict:
    """Write what a bounce says. One that matches nothing we sent changes nothing: anybody can forge one."""
    envoi = find_envoi(rebond.message_id) or _last_sent_to(rebond.destinataire, at=at)
    if envoi is None:
        return Verdict(Entree.Issue.REBOND, f"Aucun envoi correspondant. {rebond.raison}".strip())
    if not _is_delay(courriel, rebond):  # a delayed message may still arrive
        settle_envoi(envoi=envoi, etat=Envoi.Etat.REJETE, at=at, raison=rebond.raison)
    if rebond.permanent:
        mark_contact_failing(nature=PointContact.Nature.COURRIEL, normalisee=envoi.destinataire.lower(), at=at)
    demande_id = envoi.objet_id if envoi.objet_type == "demande" else None
    return Verdict(Entree.Issue.REBOND, rebond.raison, demande_id, envoi.usager_id)


def _is_delay(courriel: Courriel, rebond: Rebond) -> bool:
    reports = (piece.contenu for piece in courriel.pieces if piece.type == "message/delivery-status")
    return rebond.raison.startswith(RETARD.libelle) or any(_RETARDE.search(report) for report in reports)


def find_envoi(message_id: str) -> Envoi | None:
    """Return what we sent under this Message-ID: by the message of a conversation, else by the key inside the id."""
    if not message_id:
        return None
    sent = Message.objects.filter(message_id__in=(message_id, f"<{message_id}>"), envoi_id__isnull=False)
    envoi_id = sent.values_list("envoi_id", flat=True).first()
    if envoi_id is not None:
        return Envoi.objects.filter(pk=envoi_id).first()
    key = _UUID.search(message_id)
    return Envoi.objects.filter(uuid=uuid.UUID(key.group())).first() if key else None


def is_copy_of_ours(courriel: Courriel) -> bool:
    """True for a message of ours that comes home (a forwarding loop, a mailbox that writes to itself)."""
    return is_our_own_id(courriel) and find_envoi(courriel.message_id) is not None


def _last_sent_to(destinataire: str, *, at: datetime) -> Envoi | None:
    """A bounce without our Message-ID: the last e-mail to that address, if it is recent."""
    if not destinataire:
        return None
    sent = Envoi.objects.filter(
        canal=Envoi.Canal.COURRIEL,
        destinataire__iexact=destinataire,
        etat__in=_PARTIS,
        created_at__gt=at - RETOUR_MAX,
    )
    return sent.order_by("-created_at").first()
