"""Normal forms of contact points: one e-mail, one number, one address is written one way, however it was typed."""

import re
from dataclasses import dataclass

from citoyens.models import PointContact
from socle.telephone import NumeroIllisible, is_mobile, parse_numero
from socle.texte import clean, normalise

Nature = PointContact.Nature
LONGUEUR_MAX = 320  # an e-mail address: 64 + 1 + 255 (RFC 5321 §4.5.3.1)
_COURRIEL = re.compile(r"[^\s@<>,;\"()]{1,64}@[^\s@<>,;\"()]+\.[^\s@<>,;\"().]{2,63}")


class ContactIllisible(ValueError):
    """What was typed is not a contact of this nature; the message is a French sentence for the screen."""


@dataclass(frozen=True)
class Contact:
    """A contact as somebody typed it. `nature` ∈ courriel, mobile, fixe, adresse; `libelle` is « travail »."""

    nature: str
    valeur: str
    is_prefere: bool = False
    libelle: str = ""


@dataclass(frozen=True)
class ContactLu:
    """A contact understood: `nature` is the true one (a mobile typed as a landline is a mobile)."""

    nature: str
    valeur: str
    normalisee: str


def read_contact(nature: str, valeur: str) -> ContactLu:
    """Return the contact understood. Raises ContactIllisible with a French sentence."""
    typed = " ".join(clean(valeur).split())
    if not typed:
        raise ContactIllisible("Le contact est vide.")
    if len(typed) > LONGUEUR_MAX:
        raise ContactIllisible(f"Un contact tient en {LONGUEUR_MAX} caractères.")
    if nature == Nature.COURRIEL:
        return _read_courriel(typed)
    if nature in {Nature.MOBILE, Nature.FIXE}:
        return _read_telephone(typed)
    if nature == Nature.ADRESSE:
        return _read_adresse(typed)
    raise ContactIllisible("Ce genre de contact n'existe pas.")


def _read_courriel(typed: str) -> ContactLu:
    if not _COURRIEL.fullmatch(typed):
        raise ContactIllisible(
            f"«\u00a0{typed}\u00a0» n'est pas une adresse électronique\u00a0: elle s'écrit nom@exemple.fr."
        )
    return ContactLu(Nature.COURRIEL, typed, typed.lower())


def _read_telephone(typed: str) -> ContactLu:
    try:
        e164 = parse_numero(typed)
    except NumeroIllisible as error:
        raise ContactIllisible(str(error)) from error
    return ContactLu(Nature.MOBILE if is_mobile(e164) else Nature.FIXE, typed, e164)


def _read_adresse(typed: str) -> ContactLu:
    words = normalise(typed)
    if not words:
        raise ContactIllisible("L'adresse ne contient ni lettre ni chiffre.")
    return ContactLu(Nature.ADRESSE, typed, words[:LONGUEUR_MAX])
