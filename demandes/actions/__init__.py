"""Writes about demandes. Each runs in one transaction with its line in the journal; agents' writes check a version."""

from demandes.accuses.emission import acknowledge
from demandes.actions.echange import (
    DestinataireInconnu,
    FenetreDepassee,
    TexteVide,
    add_note,
    mark_read,
    receive_message,
    reply,
)
from demandes.actions.ouverture import ObjetVide, ReceptionImpossible, open_demande
from demandes.actions.traitement import (
    AgentHorsService,
    DejaIdentifiee,
    IssueManquante,
    assign,
    close,
    identify,
    move,
    qualify,
    reopen,
    take,
)
from demandes.versions import ConflitVersion, DemandeClose, DemandeFusionnee

__all__ = [
    "AgentHorsService",
    "ConflitVersion",
    "DejaIdentifiee",
    "DemandeClose",
    "DemandeFusionnee",
    "DestinataireInconnu",
    "FenetreDepassee",
    "IssueManquante",
    "ObjetVide",
    "ReceptionImpossible",
    "TexteVide",
    "acknowledge",
    "add_note",
    "assign",
    "close",
    "identify",
    "mark_read",
    "move",
    "open_demande",
    "qualify",
    "receive_message",
    "reopen",
    "reply",
    "take",
]
