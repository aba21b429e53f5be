"""Gives every message of the demonstration its fate: nothing of the past may leave when the worker starts."""

from datetime import datetime, timedelta

from citoyens.actions import mark_contact_failing
from messagerie.actions import settle_envoi
from messagerie.models import Envoi

Etat = Envoi.Etat
FOURNISSEURS: dict[str, str] = {Envoi.Canal.COURRIEL: "courriel", Envoi.Canal.SMS: "demo"}
REJET = "550 5.1.1 L'adresse n'existe pas chez ce destinataire."
# One message in so many has a fate of its own, so that each shows on the page « Envois ».
SORTS = {
    17: (Etat.ECHEC, "Le serveur du destinataire n'a pas répondu en 24\u00a0h."),
    29: (Etat.INCERTAIN, "La connexion s'est coupée pendant l'envoi."),
    41: (Etat.ANNULE, ""),
}
FIN = ["etat", "sent_at", "settled_at", "essais", "fournisseur", "fournisseur_ref", "erreur"]


def settle_ledger(*, at: datetime) -> int:
    """Settle every message due before `at`; one e-mail in a hundred came back. Returns how many.

    Reminders of appointments to come stay in the ledger, as they would.
    """
    rows = list(Envoi.objects.waiting(at).order_by("created_at", "pk"))
    for rang, envoi in enumerate(rows):
        _settle(envoi, rang)
    Envoi.objects.bulk_update(rows, FIN)
    for envoi in _list_bounced(rows):
        _bounce(envoi)
    return len(rows)


def _settle(envoi: Envoi, rang: int) -> None:
    envoi.etat, envoi.erreur = SORTS.get(rang, (Etat.REMIS, ""))
    envoi.essais, envoi.fournisseur = 1, FOURNISSEURS[envoi.canal]
    if envoi.etat == Etat.ANNULE:
        envoi.essais, envoi.fournisseur = 0, ""
    else:
        envoi.fournisseur_ref = f"demo-{envoi.uuid.hex[:12]}"
        envoi.sent_at = envoi.created_at + timedelta(seconds=6)
    envoi.settled_at = envoi.created_at + timedelta(seconds=40)


def _list_bounced(rows: list[Envoi]) -> list[Envoi]:
    """The last delivered e-mail of the tenth correspondent: a person whose mailbox has closed."""
    mails = [
        each for each in rows if each.canal == Envoi.Canal.COURRIEL and each.etat == Etat.REMIS and each.usager_id
    ]
    people = sorted({each.usager_id for each in mails if each.usager_id})
    return [] if len(people) < 20 else [[each for each in mails if each.usager_id == people[19]][-1]]


def _bounce(envoi: Envoi) -> None:
    at = envoi.created_at + timedelta(minutes=2)
    Envoi.objects.filter(pk=envoi.pk).update(etat=Etat.ENVOYE, settled_at=None)
    settle_envoi(envoi=envoi, etat=Etat.REJETE, at=at, raison=REJET)
    mark_contact_failing(nature=envoi.canal, normalisee=envoi.destinataire.lower(), at=at)
