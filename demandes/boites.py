"""Mailboxes of a collectivité: their settings, their secret, the way into them."""

from datetime import datetime

from django.db import IntegrityError, transaction

from collectivites.acteur import Acteur
from demandes.models import Boite
from demandes.reception.imap import Acces
from journal.actions import record
from messagerie.chiffrement import decrypt, encrypt


class AdressePrise(Exception):
    """Another mailbox of the installation has this address; it is never said whose."""

    def __init__(self) -> None:
        super().__init__("Cette adresse est déjà celle d'une boîte aux lettres de Guichet. Choisissez-en une autre.")


@transaction.atomic
def save_boite(*, boite: Boite, secret: str = "", by: Acteur, at: datetime) -> Boite:
    """Create or change a mailbox; an empty `secret` leaves the one there is. Raises AdressePrise."""
    verbe = "boite.modifiee" if boite.pk else "boite.creee"
    boite.adresse = boite.adresse.strip().lower()
    if secret:
        boite.imap_secret = encrypt({"secret": secret})
    if not boite.imap_hote:
        boite.imap_secret, boite.imap_erreur = b"", ""
    try:
        with transaction.atomic():
            boite.save()
    except IntegrityError as error:
        if "boite_adresse" not in str(error):
            raise
        raise AdressePrise from error
    record(verbe=verbe, objet_type="boite", objet_id=boite.pk, libelle=boite.adresse, by=by, at=at)
    return boite


def read_acces(boite: Boite, secret: str = "") -> Acces:
    """Return how to enter the mailbox, with `secret` just typed instead of the one kept.

    Raises messagerie's IllisiblesIdentifiants when the installation's key has changed.
    """
    kept = decrypt(boite.imap_secret)
    return Acces(
        hote=boite.imap_hote,
        port=boite.imap_port,
        securite=boite.imap_securite,
        compte=boite.imap_compte or boite.adresse,
        secret=secret or kept.get("secret", ""),
        dossier=boite.imap_dossier,
        jeton="" if secret else kept.get("jeton", ""),
    )
