"""Fifth floor: appointments."""

from django.apps import AppConfig


class RendezvousConfig(AppConfig):
    """Fifth floor: appointments."""

    name = "rendezvous"
    verbose_name = "Rendez-vous"

    def ready(self) -> None:
        """Tell the floors below what an appointment is: sentences, settings, messages, panels; wire the listeners."""
        from collectivites.changements import suites
        from collectivites.departs import departs
        from collectivites.scelles import scelles
        from demandes.scelles import scelles as scelles_demandes
        from journal.phrases import declare
        from rendezvous import declarations, menu, reglages
        from rendezvous.ants.ecoute import follow as tell_ants
        from rendezvous.attente import declarations as attente
        from rendezvous.echanges import webhooks
        from rendezvous.evenements import ecouteurs
        from rendezvous.messages import declarations as messages
        from rendezvous.offre.ressources import follow_depart
        from rendezvous.offre.suites import ask_projection
        from rendezvous.phrases import PHRASES
        from rendezvous.scelles import follow_demandes, follow_service

        declare(PHRASES)
        declarations.declare_all()
        departs.add("rendezvous", follow_depart)
        scelles.add("rendezvous", follow_service)
        scelles_demandes.add("rendezvous", follow_demandes)
        suites.add("rendezvous", ask_projection)
        reglages.declare_all()
        menu.declare_all()
        ecouteurs.add("ants", tell_ants, rang=50)
        messages.declare_all()
        attente.declare_all()
        webhooks.declare_all()
