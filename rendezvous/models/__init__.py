"""Tables of rendezvous, by subject."""

from rendezvous.models.attente import CodeConfirmation, DemandePlusTot, InscriptionAttente
from rendezvous.models.echanges import AgendaExterne, EchangeAnts, FluxAgenda, ReleveOffre
from rendezvous.models.lots import LotRendezVous
from rendezvous.models.motif import Motif
from rendezvous.models.offre import (
    Indisponibilite,
    OccurrenceIndisponible,
    OccurrencePlage,
    PlageMotif,
    PlageOuverture,
    PlageZone,
)
from rendezvous.models.parcours import EtapeParcours, ModeleParcours, Parcours, Trajet
from rendezvous.models.rendezvous import Occupation, Participation, RendezVous, RendezVousQuerySet, Seance
from rendezvous.models.ressources import Guichet, Ressource

__all__ = [
    "AgendaExterne",
    "CodeConfirmation",
    "DemandePlusTot",
    "EchangeAnts",
    "EtapeParcours",
    "FluxAgenda",
    "Guichet",
    "Indisponibilite",
    "InscriptionAttente",
    "LotRendezVous",
    "ModeleParcours",
    "Motif",
    "Occupation",
    "OccurrenceIndisponible",
    "OccurrencePlage",
    "Parcours",
    "Participation",
    "PlageMotif",
    "PlageOuverture",
    "PlageZone",
    "ReleveOffre",
    "RendezVous",
    "RendezVousQuerySet",
    "Ressource",
    "Seance",
    "Trajet",
]
