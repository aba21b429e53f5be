"""What each verb about usagers means in French. The journal names fields, never what is in them."""

from citoyens.models import PointContact
from journal.models import Evenement
from journal.phrases import Phrase

CHAMPS = {
    "nom": "nom",
    "prenoms": "prénoms",
    "nom_naissance": "nom de naissance",
    "civilite": "civilité",
    "naissance_on": "date de naissance",
    "siret": "SIRET",
    "rna": "n° RNA",
    "langue": "langue",
}
CONTACTS = {value: label.lower() for value, label in PointContact.Nature.choices}


def _changed(line: Evenement) -> str:
    fields = ", ".join(CHAMPS.get(name, name) for name in line.details.get("champs", []))
    return f"identité modifiée\u00a0: {fields}"


def _contact(sentence: str) -> Phrase:
    return lambda line: f"{sentence}\u00a0: {CONTACTS.get(line.details.get('nature', ''), 'contact')}"


PHRASES: dict[str, Phrase | str] = {
    "usager.cree": "fiche d'usager créée",
    "usager.modifie": _changed,
    "usager.contact_ajoute": _contact("contact ajouté"),
    "usager.contact_retire": _contact("contact retiré"),
    "usager.contact_prefere": "contact préféré choisi",
    "usager.note_ajoutee": "note ajoutée",
    "usager.note_terminee": "note retirée",
    "usager.identite_verifiee": "identité vérifiée au guichet",
    "contact.en_echec": _contact("contact qui ne reçoit plus"),
    "contact.stop_sms": "plus de SMS à ce numéro, à sa demande (STOP)",
    "contact.reprise_sms": "SMS permis de nouveau à ce numéro (START)",
}
