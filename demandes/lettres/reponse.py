"""An answer by letter: who it goes to, what it is about, its text; written with the message it carries."""

from dataclasses import replace

from citoyens.models import Usager
from collectivites.models import Agent
from demandes.contacts import read_adresses
from demandes.lettres.destinataire import find_adresse, name_destinataire
from demandes.lettres.ecriture import AdresseManquante, write_courrier
from demandes.lettres.texte import Lettre, compose_corps
from demandes.models import CourrierDepart, Demande, Message


def address(lettre: Lettre | None, demande: Demande, *, is_refus: bool = False) -> Lettre:
    """Return the letter with its recipient, its address and its subject. Raises AdresseManquante."""
    given, usager = lettre or Lettre(), demande.usager
    adresse = given.adresse.strip() or find_adresse(read_adresses(usager))
    if not adresse:
        raise AdresseManquante
    return replace(
        given,
        adresse=adresse,
        destinataire=given.destinataire.strip() or (name_destinataire(usager) if usager else ""),
        objet=given.objet.strip() or demande.objet,
        is_refus=given.is_refus or is_refus,
    )


def write_reponse(*, message: Message, lettre: Lettre, usager: Usager | None, agent: Agent | None) -> CourrierDepart:
    """Write the letter of a message just saved. Raises RefusIncomplet."""
    return write_courrier(
        demande=message.demande, message=message, destinataire=lettre.destinataire, adresse=lettre.adresse,
        objet=lettre.objet, corps=compose_corps(message.texte, lettre, usager), agent=agent, at=message.at,
    )  # fmt: skip
