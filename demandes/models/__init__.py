"""Requests of every channel: the raw entry, the demande, its conversation, its delays, its work."""

from demandes.models.canaux import Appel, Connecteur
from demandes.models.concours import Avis, DemandeComplement, Satisfaction, Transfert
from demandes.models.courrier import CourrierArrivee, CourrierDepart, LotImpression, LotNumerisation
from demandes.models.delais import AccuseReception, Echeance, NatureEcheance, Notification, Rappel, Suspension
from demandes.models.demande import Demande, DemandeQuerySet, PartieDemande
from demandes.models.echange import Analyse, Brouillon, Message, PieceDeposee, PieceJointe
from demandes.models.entree import Boite, Entree
from demandes.models.immediat import ContactImmediat
from demandes.models.preuves import DossierPreuves
from demandes.models.recherche import RechercheDemande
from demandes.models.regles import Blocage, ExecutionRegle, Macro, RegleAutomate, Zone
from demandes.models.travail import (
    Abonnement,
    Absence,
    ActionGroupee,
    Affectation,
    Fusion,
    Lien,
    SujetCommun,
    Tache,
    Vue,
)
from demandes.models.type_demande import (
    ModeleReponse,
    Nature,
    Regime,
    Thematique,
    TypeDemande,
    Unite,
    VersionFormulaire,
)

__all__ = [
    "Abonnement",
    "Absence",
    "AccuseReception",
    "ActionGroupee",
    "Affectation",
    "Analyse",
    "Appel",
    "Avis",
    "Blocage",
    "Boite",
    "Brouillon",
    "Connecteur",
    "ContactImmediat",
    "CourrierArrivee",
    "CourrierDepart",
    "Demande",
    "DemandeComplement",
    "DemandeQuerySet",
    "DossierPreuves",
    "Echeance",
    "Entree",
    "ExecutionRegle",
    "Fusion",
    "Lien",
    "LotImpression",
    "LotNumerisation",
    "Macro",
    "Message",
    "ModeleReponse",
    "Nature",
    "NatureEcheance",
    "Notification",
    "PartieDemande",
    "PieceDeposee",
    "PieceJointe",
    "Rappel",
    "RechercheDemande",
    "Regime",
    "RegleAutomate",
    "Satisfaction",
    "SujetCommun",
    "Suspension",
    "Tache",
    "Thematique",
    "Transfert",
    "TypeDemande",
    "Unite",
    "VersionFormulaire",
    "Vue",
    "Zone",
]
