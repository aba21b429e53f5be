"""Requests of every channel: the raw entry, the demande, its conversation, its parties."""

from demandes.models.demande import Demande, DemandeQuerySet, PartieDemande
from demandes.models.echange import Message, PieceJointe
from demandes.models.entree import Boite, Entree
from demandes.models.immediat import ContactImmediat
from demandes.models.recherche import RechercheDemande
from demandes.models.type_demande import TypeDemande

__all__ = [
    "Boite",
    "ContactImmediat",
    "Demande",
    "DemandeQuerySet",
    "Entree",
    "Message",
    "PartieDemande",
    "PieceJointe",
    "RechercheDemande",
    "TypeDemande",
]
