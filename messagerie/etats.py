"""Which state may follow which, when the world tells us what became of a message."""

from messagerie.models import Envoi

Etat = Envoi.Etat
# A receipt applies only if it ranks above what we know: whatever the order of arrival, the end is the same.
RANG = {
    Etat.ANNULE: 9,
    Etat.A_ENVOYER: 1,
    Etat.EN_COURS: 1,
    Etat.INCERTAIN: 1,
    Etat.ECHEC: 1,
    Etat.ENVOYE: 2,
    Etat.REJETE: 3,
    Etat.REMIS: 4,  # a telephone may answer after the operator gave up; never the reverse
}
RELANCABLES = (Etat.ECHEC, Etat.INCERTAIN)
TERMINES = (Etat.REMIS, Etat.REJETE, Etat.ECHEC)


def can_advance(envoi: Envoi, etat: str) -> bool:
    """True when `etat` says more than the present one. A row never handed to a provider can't have been delivered."""
    if not envoi.fournisseur:
        return False
    return RANG[Etat(etat)] > RANG[Etat(envoi.etat)]
