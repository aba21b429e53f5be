"""Who may do what: roles are a table in code that an auditor can read; their attribution is in the database."""

from enum import StrEnum

from django.db import models


class Permission(StrEnum):
    """One thing an agent may do. Views name exactly one with `@requires`."""

    USAGER_LIRE = "usager_lire"
    USAGER_MODIFIER = "usager_modifier"
    DEMANDE_LIRE = "demande_lire"
    DEMANDE_CREER = "demande_creer"
    DEMANDE_TRAITER = "demande_traiter"
    RENDEZVOUS_LIRE = "rendezvous_lire"
    RENDEZVOUS_TRAITER = "rendezvous_traiter"
    OFFRE_MODIFIER = "offre_modifier"
    ENTREE_QUALIFIER = "entree_qualifier"
    ENVOI_LIRE = "envoi_lire"
    ENVOI_RELANCER = "envoi_relancer"
    JOURNAL_LIRE = "journal_lire"
    REGLAGE_MODIFIER = "reglage_modifier"


class Role(models.TextChoices):
    """What an agent is in one collectivité; an agent may hold several."""

    ACCUEIL = "accueil", "Accueil"
    INSTRUCTEUR = "instructeur", "Instructeur"
    SUPERVISEUR = "superviseur", "Superviseur"
    ADMINISTRATEUR = "administrateur", "Administrateur"


_TERRAIN = frozenset(
    {
        Permission.USAGER_LIRE,
        Permission.USAGER_MODIFIER,
        Permission.DEMANDE_LIRE,
        Permission.DEMANDE_CREER,
        Permission.DEMANDE_TRAITER,
        Permission.RENDEZVOUS_LIRE,
        Permission.RENDEZVOUS_TRAITER,
        Permission.ENTREE_QUALIFIER,
        Permission.ENVOI_LIRE,
    }
)

PERMISSIONS_PAR_ROLE: dict[str, frozenset[Permission]] = {
    Role.ACCUEIL: _TERRAIN,
    Role.INSTRUCTEUR: _TERRAIN,
    Role.SUPERVISEUR: _TERRAIN | {Permission.ENVOI_RELANCER, Permission.JOURNAL_LIRE, Permission.OFFRE_MODIFIER},
    # The administrator runs the settings and reads the fate of messages, not the lives of usagers.
    Role.ADMINISTRATEUR: frozenset(
        {
            Permission.REGLAGE_MODIFIER,
            Permission.OFFRE_MODIFIER,
            Permission.JOURNAL_LIRE,
            Permission.ENVOI_LIRE,
            Permission.ENVOI_RELANCER,
        }
    ),
}
