"""The journal in words: what was done, without its author: « identité modifiée : nom, prénoms ».

Upper floors add the sentences of their verbs in `AppConfig.ready()`; those of the floors at our side and below stand
here. A verb that nobody declared shows itself: a line is never hidden.
"""

from collections.abc import Callable, Mapping

from journal.models import Evenement
from socle.registre import Registre

Phrase = Callable[[Evenement], str]
phrases: Registre[Phrase] = Registre()
# objet_type → address of its page, given the slug of the town and the id; filled by the floors that have pages
pages: Registre[Callable[[str, int], str]] = Registre()

_DES_ETAGES_DU_BAS = {
    "agent.rattache": "agent invité",
    "agent.droits_changes": "droits d'un agent changés",
    "clef_api.creee": "clef d'API créée",
    "clef_api.revoquee": "clef d'API révoquée",
    "collectivite.modifiee": "collectivité modifiée",
    "compte_sms.modifie": "compte SMS modifié",
    "envoi.annule": "envoi annulé",
    "envoi.lu": "contenu d'un envoi lu",
    "envoi.renvoye": "envoi relancé",
    "fermeture.ajoutee": "fermeture ajoutée",
    "fermeture.retiree": "fermeture retirée",
    "journal.exporte": "journal exporté",
    "lieu.cree": "lieu créé",
    "lieu.modifie": "lieu modifié",
    "modele_message.modifie": "modèle de message modifié",
    "modele_message.remis": "modèle de message remis à son texte d'origine",
    "reglage.change": "réglage changé",
    "reglage.remis": "réglage remis à sa valeur d'origine",
    "service.cree": "service créé",
    "service.modifie": "service modifié",
    "webhook.arrete": "webhook mis hors service après de longs échecs",
    "webhook.cree": "webhook créé",
    "webhook.essaye": "webhook essayé",
    "webhook.ferme": "webhook mis hors service",
    "webhook.modifie": "webhook modifié",
    "webhook.ouvert": "webhook remis en service",
    "webhook.renvoye": "livraison d'un webhook relancée",
    "webhook.secret": "secret d'un webhook changé",
    "webhook.supprime": "webhook supprimé",
}


def declare(sentences: Mapping[str, Phrase | str]) -> None:
    """Add the sentences of a floor: a text, or a function of the line."""
    for verbe, sentence in sentences.items():
        phrases.add(verbe, _constant(sentence) if isinstance(sentence, str) else sentence)


def _constant(sentence: str) -> Phrase:
    return lambda _line: sentence


def tell(line: Evenement) -> str:
    """Return what was done, in words; the verb itself when nobody has words for it."""
    phrase = phrases.get(line.verbe)
    return phrase(line) if phrase else line.verbe


def list_verbes() -> list[str]:
    """Every verb that has words, in alphabetical order: the choices of the filter."""
    return phrases.keys()


declare(_DES_ETAGES_DU_BAS)
