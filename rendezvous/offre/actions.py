"""Every write of the offer: ranges, unavailabilities, motifs, counters. Each is atomic, told to the journal."""

from rendezvous.offre.indisponibilites import remove_indisponibilite, save_indisponibilite
from rendezvous.offre.motifs import retire_motif, save_motif
from rendezvous.offre.plages import PlageEnregistree, retire_plage, save_plage, skip_day, split_plage
from rendezvous.offre.refus import OffreRefusee, VersionPerimee
from rendezvous.offre.ressources import find_ressource, save_guichet

__all__ = [
    "OffreRefusee",
    "PlageEnregistree",
    "VersionPerimee",
    "find_ressource",
    "remove_indisponibilite",
    "retire_motif",
    "retire_plage",
    "save_guichet",
    "save_indisponibilite",
    "save_motif",
    "save_plage",
    "skip_day",
    "split_plage",
]
