"""Who wrote: the usager of an address, created from the display name when nobody is known there."""

import re
from datetime import datetime

from django.db import connection

from citoyens.actions import create_usager
from citoyens.contacts import Contact, ContactIllisible, read_contact
from citoyens.models import PointContact, Usager
from citoyens.rapprochement import choose_sender, find_by_contact
from collectivites.acteur import AUTOMATE, Acteur, acting_usager
from collectivites.cloison import get_active_id
from demandes.models import Demande
from socle.texte import clean

INCONNU = Acteur(nature="usager", libelle="Expéditeur non identifié")
_NOM_MAX = 120
_ENTRE_PARENTHESES = re.compile(r"\([^)]*\)|\[[^\]]*\]")


def lock_sender(adresse: str) -> None:
    """One message of an address at a time: two at once from a stranger must not make two persons."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [adresse, get_active_id()])


def is_reachable(adresse: str, nature: str = PointContact.Nature.COURRIEL) -> bool:
    """True when the address may be written to, and kept as a contact."""
    try:
        read_contact(nature, adresse)
    except ContactIllisible:
        return False
    return True


def find_or_create_sender(
    adresse: str, nom: str, *, at: datetime, nature: str = PointContact.Nature.COURRIEL
) -> Usager | None:
    """Return who wrote; None when the address is shared and the display name does not tell, or is no address."""
    owners = find_by_contact(nature, adresse)
    if owners:
        return owners[0] if len(owners) == 1 else choose_sender(adresse, nom, nature=nature)
    if not is_reachable(adresse, nature):
        return None
    prenoms, famille = split_name(nom)
    return create_usager(
        nature=Usager.Nature.PERSONNE,
        nom=famille,
        prenoms=prenoms,
        contacts=[Contact(nature, adresse)],
        by=AUTOMATE,
        at=at,
    )


def split_name(nom: str) -> tuple[str, str]:
    """Cut a display name in (first names, name): « Samira BEN AMAR », « Ben Amar, Samira », « Samira Ben Amar »."""
    lu = " ".join(_ENTRE_PARENTHESES.sub(" ", clean(nom)).replace('"', " ").split())[:_NOM_MAX].strip()
    if "@" in lu or not any(signe.isalpha() for signe in lu):
        return "", ""
    famille, virgule, prenoms = (morceau.strip() for morceau in lu.partition(","))
    if virgule and famille and prenoms:
        return prenoms, famille
    mots = lu.split(" ")
    capitales = [mot for mot in mots if len(mot) > 1 and mot.isupper()]
    if capitales and len(capitales) < len(mots):
        return " ".join(mot for mot in mots if mot not in capitales), " ".join(capitales)
    return (mots[0], " ".join(mots[1:])) if len(mots) > 1 else ("", lu)


def acting(usager: Usager | None) -> Acteur:
    """Return the usager as the one who acts, or an unknown sender."""
    return acting_usager(usager_id=usager.pk, libelle=str(usager)[:160]) if usager else INCONNU


def choose_party(demande: Demande, adresse: str, nom: str) -> Usager | None:
    """Return who writes there: the one owner of the address, else whom the name tells, or the demandeur."""
    owners = find_by_contact(PointContact.Nature.COURRIEL, adresse)
    if len(owners) <= 1:
        return owners[0] if owners else None
    return choose_sender(adresse, nom) or next((each for each in owners if each.pk == demande.usager_id), None)
