"""The fate of a message in words and tones, for the screens."""

from datetime import datetime, timedelta

from messagerie.models import Envoi, Essai
from socle.ecriture import write_court, write_heure, write_relatif

Etat = Envoi.Etat
TOUT_DE_SUITE = timedelta(minutes=1)
TONS = {
    Etat.A_ENVOYER: "info",
    Etat.EN_COURS: "info",
    Etat.ENVOYE: "neutre",
    Etat.REMIS: "bon",
    Etat.REJETE: "retard",
    Etat.ECHEC: "retard",
    Etat.INCERTAIN: "alerte",
    Etat.ANNULE: "neutre",
}
TONS_ESSAIS = {
    Essai.Issue.ENVOYE: "bon",
    Essai.Issue.PANNE: "alerte",
    Essai.Issue.CREDIT: "alerte",
    Essai.Issue.REFUS: "retard",
    Essai.Issue.INCONNU: "alerte",
    Essai.Issue.INTERROMPU: "alerte",
}


FOURNISSEURS = {"courriel": "Relais de courriel", "ovh": "OVHcloud", "demo": "Passerelle de démonstration"}


def write_fournisseur(nom: str) -> str:
    """Return the provider's name on screen."""
    return FOURNISSEURS.get(nom, nom)


def tell_fate(envoi: Envoi, *, now: datetime) -> str:
    """Return one sentence: what happened, what will."""
    if envoi.etat == Etat.A_ENVOYER:
        return _tell_waiting(envoi, now=now)
    if envoi.etat == Etat.EN_COURS:
        return _tell_lease(envoi, now=now)
    return {
        Etat.ENVOYE: "Accepté par l'opérateur ou le serveur de messagerie. L'arrivée n'est pas encore confirmée.",
        Etat.REMIS: "Arrivé chez le destinataire.",
        Etat.REJETE: "Revenu\u00a0: il n'est pas arrivé.",
        Etat.ECHEC: "Il n'est pas parti.",
        Etat.INCERTAIN: "On ne sait pas s'il est parti. Il ne repartira pas tout seul.",
        Etat.ANNULE: "Il ne partira pas.",
    }[Etat(envoi.etat)]


def _tell_waiting(envoi: Envoi, *, now: datetime) -> str:
    if envoi.prevu_at > now:
        again = "Nouvel essai" if envoi.erreur else "Départ prévu"
        return f"{again} {write_court(envoi.prevu_at, now=now)}."
    if now - envoi.prevu_at > TOUT_DE_SUITE:
        return f"Il aurait dû partir {write_relatif(envoi.prevu_at, now=now)}. Il attend son tour."
    return "Il part dans quelques secondes."


def _tell_lease(envoi: Envoi, *, now: datetime) -> str:
    if envoi.bail_at and envoi.bail_at > now:
        return f"En train de partir. Sans nouvelles à {write_heure(envoi.bail_at)}, Guichet le reprendra."
    return "L'envoi s'est interrompu. Guichet va le reprendre."
