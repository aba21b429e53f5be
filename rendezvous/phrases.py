"""What each verb of rendezvous means in French: for the journal and the page of an appointment."""

from collections.abc import Mapping

from journal.phrases import Phrase

PHRASES: Mapping[str, Phrase | str] = {
    "rendezvous.pris": "rendez-vous pris",
    "rendezvous.deplace": "rendez-vous déplacé",
    "rendezvous.annule": "rendez-vous annulé",
    "rendezvous.etat": "état du rendez-vous changé",
    "rendezvous.modifie": "rendez-vous modifié",
    "rendezvous.non_remis": "message non remis",
    "rendezvous.plus_tot_arrete": "créneau plus tôt\u00a0: l'usager n'attend plus",
    "rendezvous.plus_tot_demande": "créneau plus tôt demandé",
    "parcours.cree": "modèle de parcours créé",
    "parcours.pris": lambda line: f"parcours de {line.details.get('rendezvous', 0)} rendez-vous pris",
    "parcours.modifie": "modèle de parcours modifié",
    "trajet.modifie": "trajet entre lieux modifié",
    "agenda.ajoute": "agenda externe ajouté",
    "agenda.repris": "relève d'un agenda externe reprise",
    "agenda.supprime": "agenda externe supprimé",
    "agenda.suspendu": "relève d'un agenda externe suspendue",
    "flux.cree": "adresse secrète d'agenda créée",
    "flux.revoque": "adresse secrète d'agenda révoquée",
    "offre.agent_parti": "plages fermées au départ de l'agent",
    "offre.guichet_cree": "guichet créé",
    "offre.guichet_modifie": "guichet modifié",
    "offre.indisponibilite_ajoutee": "indisponibilité ajoutée",
    "offre.indisponibilite_modifiee": "indisponibilité modifiée",
    "offre.indisponibilite_retiree": "indisponibilité retirée",
    "offre.motif_cree": "motif de rendez-vous créé",
    "offre.motif_modifie": "motif de rendez-vous modifié",
    "offre.motif_retire": "motif de rendez-vous archivé",
    "offre.plage_coupee": "plage d'ouverture coupée en deux",
    "offre.plage_creee": "plage d'ouverture créée",
    "offre.plage_jour_saute": "un jour retiré d'une plage d'ouverture",
    "offre.plage_modifiee": "plage d'ouverture modifiée",
    "offre.plage_retiree": "plage d'ouverture retirée",
    "seance.annulee": "séance annulée",
    "seance.deplacee": "séance déplacée",
    "seance.modifiee": "séance modifiée",
    "seance.ouverte": "séance ouverte",
}
