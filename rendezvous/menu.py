"""The settings of appointments in the menu « Réglages »: rank, key, title, what it is for, icon, route."""

from collectivites.menu import EntreeReglage, entrees

REGLAGES = (
    (45, "motifs", "Motifs de rendez-vous", "Pourquoi l'on vient, combien de temps, qui réserve", "calendar-event",
     "rendezvous:motifs"),
    (46, "plages", "Plages d'ouverture", "Qui reçoit, où, quels jours et à quelles heures", "calendar-week",
     "rendezvous:plages"),
    (47, "guichets", "Guichets", "Les bureaux et les salles où l'on reçoit", "display", "rendezvous:guichets"),
    (48, "seances", "Séances collectives", "Ateliers et réunions où l'on prend une place", "people",
     "rendezvous:seances"),
    (49, "parcours", "Parcours et trajets", "Plusieurs services en une seule visite", "signpost-2-fill",
     "rendezvous:parcours_modeles"),
    (50, "agendas", "Agendas et flux", "Agendas lus comme occupés, adresses secrètes des nôtres", "calendar-check",
     "rendezvous:flux"),
)  # fmt: skip


def declare_all() -> None:
    """Write the entries in the registry of settings."""
    for rang, clef, titre, aide, icone, route in REGLAGES:
        entrees.add(clef, EntreeReglage(titre, aide, icone, route), rang=rang)
