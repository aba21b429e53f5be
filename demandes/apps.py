"""Fourth floor: requests of every channel."""

from django.apps import AppConfig


class DemandesConfig(AppConfig):
    """Fourth floor: requests of every channel."""

    name = "demandes"
    verbose_name = "Demandes"

    def ready(self) -> None:
        """Tell the floors below what a demande is: live state, panel, sentences, sequel of a message, settings."""
        from citoyens.panneaux import Panneau, etats_vivants, panneaux
        from collectivites.departs import departs
        from collectivites.scelles import scelles
        from demandes import menu, reglages
        from demandes.accuses import occasions
        from demandes.automates.declarations import declare_all as declare_automates
        from demandes.concours import declarations
        from demandes.etats import load_panneau, read_etats
        from demandes.phrases import PHRASES
        from demandes.scelles import follow_service
        from demandes.suites import OBJET_LIE, find_url, follow_envoi
        from demandes.travail.departs import hand_back
        from journal.phrases import declare, pages
        from messagerie.suites import objets, suites

        etats_vivants.add("demande", read_etats)
        panneau = Panneau("demandes", "Demandes ouvertes", "demandes/_panneau.html", load_panneau)
        panneaux.add("demandes", panneau, rang=10)
        suites.add("demande", follow_envoi)
        departs.add("demandes", hand_back)
        scelles.add("demandes", follow_service)
        objets.add("demande", OBJET_LIE)
        declare(PHRASES)
        pages.add("demande", find_url)
        reglages.declare_all()
        declarations.declare_all()
        occasions.declare_all()
        declare_automates()
        menu.declare_all()
