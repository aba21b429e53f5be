"""What Guichet would do of a message, without doing it: for the administrator who plugs a connector."""

from citoyens.models import PointContact
from citoyens.rapprochement import find_by_contact
from demandes.models import Connecteur, Demande, Entree
from demandes.reception.ecrits import Ecrit, EcritIllisible, read_object
from demandes.reception.reseau import parse_reseau
from demandes.reception.sms import parse_sms
from demandes.reception.suite import choose_mode, find_conversation
from socle.texte import truncate

Nature = PointContact.Nature
Ligne = tuple[str, str]


def try_message(connecteur: Connecteur, brut: bytes) -> list[Ligne]:
    """Return what was understood, line by line (label, value). Raises EcritIllisible. Writes nothing."""
    if connecteur.genre == Connecteur.Genre.SMS:
        return describe(parse_sms(brut))
    canal = Entree.Canal.RESEAU
    if read_object(brut).get("genre") == Entree.Canal.FORMULAIRE:
        canal = Entree.Canal.FORMULAIRE
    return describe(parse_reseau(brut, canal=canal, connecteur_id=connecteur.pk))


def describe(ecrit: Ecrit) -> list[Ligne]:
    """Say who wrote, who that is, and what it would become."""
    demande = find_conversation(ecrit)
    mode = Demande.ModeReponse(choose_mode(ecrit.canal, ecrit)).label
    return [
        ("Canal", Entree.Canal(ecrit.canal).label),
        ("Auteur", ecrit.nom or ecrit.adresse),
        ("Usager", _describe_people(ecrit)),
        ("Objet", truncate(ecrit.objet or ecrit.texte, 80)),
        ("Texte", truncate(ecrit.texte, 300)),
        ("Effet", f"s'ajoute à la demande {demande.numero}" if demande else "ouvre une demande"),
        ("Réponse", mode if demande is None else Demande.ModeReponse(demande.mode_reponse).label),
    ]


def _describe_people(ecrit: Ecrit) -> str:
    """How many are reached there, never who: the administrator runs settings, not the lives of usagers."""
    nature, valeur = (Nature.COURRIEL, ecrit.courriel) if ecrit.courriel else (Nature.MOBILE, ecrit.telephone)
    if not valeur:
        return "non identifié, un agent le dira"
    known = len(find_by_contact(nature, valeur))
    if not known:
        return "nouvelle fiche, avec ce contact"
    return "une fiche connue" if known == 1 else f"{known} fiches ont ce contact\u00a0: un agent choisira"


__all__ = ["EcritIllisible", "describe", "try_message"]
