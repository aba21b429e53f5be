"""The life of a demande: its states and the passages allowed between them (docs/cycle_demandes.md is generated)."""

from django.db import models


class Etat(models.TextChoices):
    """Where a demande stands, as agents see it."""

    NOUVELLE = "nouvelle", "À qualifier"
    A_TRAITER = "a_traiter", "À traiter"
    EN_COURS = "en_cours", "En cours"
    EN_ATTENTE_USAGER = "en_attente_usager", "En attente de l'usager"
    EN_ATTENTE_TIERS = "en_attente_tiers", "En attente d'un tiers"
    TRAITEE = "traitee", "Traitée"
    CLOSE = "close", "Close"


class Issue(models.TextChoices):
    """How it ended."""

    SATISFAITE = "satisfaite", "Satisfaite"
    ACCEPTEE = "acceptee", "Acceptée"
    REFUSEE = "refusee", "Refusée"
    SANS_SUITE = "sans_suite", "Classée sans suite"
    DOUBLON = "doublon", "Doublon"
    HORS_COMPETENCE = "hors_competence", "Hors compétence"
    TRANSMISE = "transmise", "Transmise à l'administration compétente"
    ABANDONNEE = "abandonnee", "Abandonnée par l'usager"


# What an agent chooses when closing: « transmise » is said by a transfer, which tells the usager to whom.
ISSUES_A_CHOISIR: list[tuple[str, str]] = [
    (issue.value, str(issue.label)) for issue in Issue if issue is not Issue.TRANSMISE
]
CLOS: tuple[str, ...] = (Etat.CLOSE.value,)
OUVERTS: tuple[str, ...] = tuple(etat for etat in Etat.values if etat not in CLOS)
A_REPONDRE: tuple[str, ...] = tuple(etat for etat in OUVERTS if etat != Etat.TRAITEE)  # somebody still waits for us

_TRAVAIL = {Etat.EN_COURS, Etat.EN_ATTENTE_USAGER, Etat.EN_ATTENTE_TIERS, Etat.TRAITEE, Etat.CLOSE}
PASSAGES: dict[str, set[Etat]] = {
    Etat.NOUVELLE: {Etat.A_TRAITER} | _TRAVAIL,
    Etat.A_TRAITER: _TRAVAIL,
    Etat.EN_COURS: {Etat.A_TRAITER} | _TRAVAIL - {Etat.EN_COURS},
    Etat.EN_ATTENTE_USAGER: {Etat.EN_COURS, Etat.TRAITEE, Etat.CLOSE},
    Etat.EN_ATTENTE_TIERS: {Etat.EN_COURS, Etat.TRAITEE, Etat.CLOSE},
    Etat.TRAITEE: {Etat.EN_COURS, Etat.CLOSE},
    Etat.CLOSE: {Etat.EN_COURS},  # reopened
}

# What the usager is told (Lutèce's generic statuses): never the service's kitchen.
ETAT_PUBLIC: dict[str, str] = {
    Etat.NOUVELLE: "Reçue",
    Etat.A_TRAITER: "Reçue",
    Etat.EN_COURS: "En cours",
    Etat.EN_ATTENTE_USAGER: "À compléter",
    Etat.EN_ATTENTE_TIERS: "En cours",
    Etat.TRAITEE: "Traitée",
    Etat.CLOSE: "Traitée",
}


class PassageInterdit(Exception):
    """The demande can't go from its state to the one asked."""

    def __init__(self, avant: str, apres: str) -> None:
        before, after = Etat(avant).label.lower(), Etat(apres).label.lower()
        super().__init__(f"Une demande « {before} » ne peut pas devenir « {after} ».")


def verify_passage(avant: str, apres: str) -> None:
    """Raise PassageInterdit unless a demande in state `avant` may become `apres`."""
    if apres not in PASSAGES[avant]:
        raise PassageInterdit(avant, apres)
