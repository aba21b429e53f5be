"""Mailboxes of a collectivité: their settings and their secret."""

from datetime import datetime

from django.db import IntegrityError, transaction

from collectivites.acteur import Acteur
from demandes.models import Boite
from journal.actions import record
from messagerie.chiffrement import encrypt


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
