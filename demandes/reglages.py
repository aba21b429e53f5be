"""Values of demandes that a collectivité may change, declared at start-up in `collectivites.reglages`."""

from celery import current_app

from collectivites.changements import suites
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


def ask_recalcul(collectivite_id: int) -> None:
    """Ask for the dates of the town's open demandes to be counted again; lost, the night does it."""
    current_app.send_task("demandes.tasks.recompute_ville", (collectivite_id,), queue="courant", expires=3600)


def declare_all() -> None:
    """Fill the registry of legal settings, and follow their changes."""
    declares.add(REOUVERTURE.clef, REOUVERTURE)
    declare_delais()
    suites.add("demandes", ask_recalcul)
