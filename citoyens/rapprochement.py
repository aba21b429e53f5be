"""Whose contact is this? Exact matching of contacts to usagers; never a guess, never a merge."""

from citoyens.contacts import ContactIllisible, read_contact
from citoyens.models import PointContact, Usager
from socle.texte import normalise


def find_by_contact(nature: str, valeur: str) -> list[Usager]:
    """Return the usagers reached there, oldest first; a text that is no contact belongs to nobody."""
    try:
        lu = read_contact(nature, valeur)
    except ContactIllisible:
        return []
    owners = Usager.objects.filter(
        liens_contact__point__nature=lu.nature, liens_contact__point__normalisee=lu.normalisee
    )
    return list(owners.order_by("pk"))


def choose_sender(adresse: str, nom_affiche: str) -> Usager | None:
    """Return the usager who wrote from this e-mail address, or None when there is a doubt.

    Several owners (a couple with one address): the only one whose first name and name are in the display name.
    """
    owners = find_by_contact(PointContact.Nature.COURRIEL, adresse)
    if len(owners) <= 1:
        return owners[0] if owners else None
    shown = set(normalise(nom_affiche).split())
    named = [usager for usager in owners if _is_named(usager, shown)]
    return named[0] if len(named) == 1 else None


def _is_named(usager: Usager, shown: set[str]) -> bool:
    """True when the display name holds one of the first names, and every word of the name or of the birth name.

    Organisations have no first name: their whole name.
    """
    names = [set(normalise(text).split()) for text in (usager.nom, usager.nom_naissance) if text]
    first = set(normalise(usager.prenoms).split())
    surname = any(words and words <= shown for words in names)
    return surname and (not usager.is_personne or bool(first & shown))
