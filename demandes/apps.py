"""Fourth floor: requests of every channel."""

from django.apps import AppConfig


class DemandesConfig(AppConfig):
    """Fourth floor: requests of every channel."""

    name = "demandes"
    verbose_name = "Demandes"

    def ready(self) -> None:  # noqa: PLR0915 one line a registry
        """Tell the floors below what a demande is: live state, panel, sentences, sequel of a message, settings."""
        from citoyens.panneaux import Panneau, etats_vivants, panneaux
        from collectivites.departs import departs
        from collectivites.menu import EntreeReglage, entrees
        from demandes import reglages
        from demandes.accuses import occasions
        from demandes.automates.declarations import declare_all as declare_automates
        from demandes.concours import declarations
        from demandes.etats import load_panneau, read_etats
        from demandes.phrases import PHRASES
        from demandes.suites import OBJET_LIE, find_url, follow_envoi
        from demandes.travail.departs import hand_back
        from journal.phrases import declare, pages
        from messagerie.suites import objets, suites

        etats_vivants.add("demande", read_etats)
        panneau = Panneau("demandes", "Demandes ouvertes", "demandes/_panneau.html", load_panneau)
        panneaux.add("demandes", panneau, rang=10)
        suites.add("demande", follow_envoi)
        departs.add("demandes", hand_back)
        objets.add("demande", OBJET_LIE)
        declare(PHRASES)
        pages.add("demande", find_url)
        reglages.declare_all()
        declarations.declare_all()
        occasions.declare_all()
        declare_automates()
        types = EntreeReglage(
            "Types de demande", "Ce que l'on peut demander, qui répond, en combien de jours", "tag", "demandes:types"
        )
        entrees.add("types_demande", types, rang=50)
        arbre = EntreeReglage(
            "Thématiques", "Comment les types de demande sont rangés", "list-check", "demandes:thematiques"
        )
        entrees.add("thematiques", arbre, rang=51)
        simulateur = EntreeReglage(
            "Simulateur d'échéance", "Vérifier un calendrier avant de s'y fier", "clock", "demandes:simulateur"
        )
        entrees.add("simulateur", simulateur, rang=52)
        modeles = EntreeReglage(
            "Modèles de réponse", "Les textes que l'on appelle par « ::raccourci »", "card-text", "demandes:modeles"
        )
        entrees.add("modeles_reponse", modeles, rang=55)
        boites = EntreeReglage(
            "Boîtes aux lettres", "Les adresses qui reçoivent, et leur relève", "mailbox", "demandes:boites"
        )
        entrees.add("boites", boites, rang=60)
        connecteurs = EntreeReglage(
            "Canaux et connecteurs", "Réseaux sociaux, SMS reçus, partenaires, téléphonie", "link-45deg",
            "demandes:connecteurs",
        )  # fmt: skip
        entrees.add("connecteurs", connecteurs, rang=61)
