"""Answering one demande of a sujet commun with the answer given to all, the way its usager wishes."""

from demandes.actions import DestinataireInconnu, reply
from demandes.automates.effets import Contexte, GesteImpossible, Parametres
from demandes.contacts import Adresse, list_destinataires, read_adresses
from demandes.models import Demande, Message
from messagerie.destinataires import MessageRefuse

ECRITS = ("courriel", "sms")


def repondre(demande: Demande, parametres: Parametres, contexte: Contexte) -> Demande:
    """Send the answer; the key of the action and the demande makes that it leaves once, whatever is replayed."""
    if contexte.agent is None:
        raise GesteImpossible("Une réponse est signée d'un agent.")
    to = choose_adresse(demande)
    try:
        reply(
            demande=demande, version=demande.version, canal=to.canal, texte=parametres["texte"],
            clef=contexte.draw_clef(f"reponse:{demande.pk}"), by=contexte.by, at=contexte.at, agent=contexte.agent,
            destinataire=to.valeur,
        )  # fmt: skip
    except (DestinataireInconnu, MessageRefuse) as refusal:
        raise GesteImpossible(str(refusal)) from refusal
    return Demande.objects.for_fiche().get(pk=demande.pk)


def choose_adresse(demande: Demande) -> Adresse:
    """Return where to write: the wished channel first. Raises GesteImpossible when a human must answer otherwise."""
    wish = demande.mode_reponse
    if wish not in ECRITS:
        raise GesteImpossible(
            f"Réponse souhaitée {demande.get_mode_reponse_display().lower()}\u00a0: répondez à part."
        )
    received = list(Message.objects.filter(demande=demande, sens=Message.Sens.ENTRANT).order_by("at", "pk"))
    known = list_destinataires(demande, read_adresses(demande.usager), received)
    usable = [each for each in known if each.canal in ECRITS and not each.echec]
    found = next((each for each in usable if each.canal == wish), next(iter(usable), None))
    if found is None:
        raise GesteImpossible("Ni courriel ni mobile connu\u00a0: répondez à part.")
    return found
