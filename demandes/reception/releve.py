"""Collection of an IMAP mailbox: a message leaves its folder only when it is kept here.

Interrupted anywhere, the next collection starts again from what is still in the folder; a message kept but not yet
moved is recognised by its content (`arrivee.external_id`), whatever its UID became.
"""

import logging
from datetime import datetime, timedelta

from celery import current_app
from django.core.cache import cache

from collectivites.cloison import collectivite_active
from demandes.models import Boite
from demandes.reception.arrivee import receive_raw
from demandes.reception.imap import Acces, Recu, ReleveImpossible, ensure_folder, fetch_raw, list_uids, open_mailbox
from messagerie.chiffrement import IllisiblesIdentifiants, decrypt

logger = logging.getLogger(__name__)

PAR_RELEVE = 200  # messages of one collection; the next one, a minute later, goes on
TACHE_ESSAI = "demandes.tasks.try_boite"
VERROU = 300  # seconds; two collections at once would be slow, not wrong
ANCIENNETE_MAX = timedelta(days=60)  # beyond, the server's date is not the day the town hall could read the message


def fetch_boite(*, collectivite_id: int, boite_id: int, at: datetime) -> int:
    """Collect one mailbox; return how many messages were taken. Errors go to the screen « Boîtes », never up."""
    verrou = f"releve:{boite_id}"
    if not cache.add(verrou, "1", timeout=VERROU):
        return 0
    try:
        pris, erreur = _collect(collectivite_id, boite_id, at)
        with collectivite_active(collectivite_id):
            etat = {"imap_erreur": erreur[:300]} | ({} if erreur else {"imap_fetched_at": at})
            Boite.objects.filter(pk=boite_id).update(**etat)
    finally:
        cache.delete(verrou)
    return pris


def clef_essai(boite_id: int) -> str:
    """Return where the result of a trial waits for the screen."""
    return f"essai:{boite_id}"


def ask_essai(collectivite_id: int, boite_id: int) -> None:
    """Ask a worker for a trial of the settings. Raises when the broker is away: the screen says so."""
    current_app.send_task(TACHE_ESSAI, args=[collectivite_id, boite_id], expires=30, retry=False)


def try_boite(*, collectivite_id: int, boite_id: int) -> str:
    """Enter a mailbox as the collection would, reading and moving nothing; return (and keep) a French sentence."""
    with collectivite_active(collectivite_id):
        boite = Boite.objects.exclude(imap_hote="").get(pk=boite_id)
    try:
        with open_mailbox(read_acces(boite)) as mailbox:
            combien = len(list_uids(mailbox))
    except (ReleveImpossible, IllisiblesIdentifiants) as refus:
        phrase = str(refus)
    else:
        phrase = f"Connexion réussie\u00a0: {combien} message{'s' if combien > 1 else ''} à relever."
    cache.set(clef_essai(boite_id), phrase, timeout=600)
    return phrase


def _collect(collectivite_id: int, boite_id: int, at: datetime) -> tuple[int, str]:
    """Return (messages taken, French sentence when something failed). No transaction is open on the network."""
    with collectivite_active(collectivite_id):
        boite = Boite.objects.filter(pk=boite_id, is_active=True).exclude(imap_hote="").first()
    if boite is None:
        return 0, ""
    pris, ratees = 0, 0
    try:
        with open_mailbox(read_acces(boite)) as mailbox:
            ranges = ensure_folder(mailbox, boite.imap_dossier_traite)
            for uid in list_uids(mailbox)[:PAR_RELEVE]:
                recu = fetch_raw(mailbox, uid)
                if recu is None:
                    continue
                if _keep(recu, collectivite_id, boite_id, at):
                    mailbox.move([uid], ranges)
                    pris += 1
                else:
                    ratees += 1
    except (ReleveImpossible, IllisiblesIdentifiants) as error:
        return pris, str(error)
    return pris, f"{ratees} message(s) n'ont pas pu être gardés\u00a0: ils restent dans la boîte." if ratees else ""


def _keep(recu: Recu, collectivite_id: int, boite_id: int, at: datetime) -> bool:
    """Keep one message; one that can't be kept delays no other and stays on the server."""
    received_at = recu.recu_at if recu.recu_at and at - ANCIENNETE_MAX < recu.recu_at <= at else at
    try:
        receive_raw(brut=recu.brut, collectivite_id=collectivite_id, boite_id=boite_id, at=received_at)
    except Exception as error:  # noqa: BLE001 disk full, database away: the message stays where it is
        logger.warning("message_non_garde", extra={"boite": boite_id, "cause": type(error).__name__})
        return False
    return True


def read_acces(boite: Boite) -> Acces:
    """Return how to enter the mailbox. Raises IllisiblesIdentifiants when the installation's key has changed."""
    kept = decrypt(boite.imap_secret)
    return Acces(
        hote=boite.imap_hote,
        port=boite.imap_port,
        securite=boite.imap_securite,
        compte=boite.imap_compte or boite.adresse,
        secret=kept.get("secret", ""),
        dossier=boite.imap_dossier,
        jeton=kept.get("jeton", ""),
    )
