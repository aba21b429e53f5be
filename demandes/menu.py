"""The settings of demandes in the menu « Réglages »: rank, key, title, what it is for, icon, route."""

from collectivites.menu import EntreeReglage, entrees

REGLAGES = (
    (50, "types_demande", "Types de demande", "Ce que l'on peut demander, qui répond, en combien de jours", "tag",
     "demandes:types"),
    (51, "thematiques", "Thématiques", "Comment les types de demande sont rangés", "list-check",
     "demandes:thematiques"),
    (52, "simulateur", "Simulateur d'échéance", "Vérifier un calendrier avant de s'y fier", "clock",
     "demandes:simulateur"),
    (55, "modeles_reponse", "Modèles de réponse", "Les textes que l'on appelle par « ::raccourci »", "card-text",
     "demandes:modeles"),
    (60, "boites", "Boîtes aux lettres", "Les adresses qui reçoivent, et leur relève", "mailbox", "demandes:boites"),
    (61, "connecteurs", "Canaux et connecteurs", "Réseaux sociaux, SMS reçus, partenaires, téléphonie", "link-45deg",
     "demandes:connecteurs"),
)  # fmt: skip


def declare_all() -> None:
    """Write the entries in the registry of settings."""
    for rang, clef, titre, aide, icone, route in REGLAGES:
        entrees.add(clef, EntreeReglage(titre, aide, icone, route), rang=rang)
