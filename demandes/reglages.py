"""Values of demandes that a collectivité may change, declared at start-up in `collectivites.reglages`."""

from collectivites.reglages import ReglageDeclare, declares
from demandes.delais.reglages import declare_delais

REOUVERTURE = ReglageDeclare(
    clef="demande.reouverture_jours",
    libelle="Délai pendant lequel un message de l'usager rouvre une demande close",
    unite="jours",
    defaut=30,
    mini=0,
    maxi=365,
    base="Choix de conception de Guichet : aucun texte ne fixe ce délai.",
    lu_on="2026-11-21",
)


def declare_all() -> None:
    """Fill the registry of legal settings."""
    declares.add(REOUVERTURE.clef, REOUVERTURE)
    declare_delais()
