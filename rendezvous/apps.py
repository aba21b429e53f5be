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
        from journal.phrases import declare
        from rendezvous import reglages
        from rendezvous.echanges import webhooks
        from rendezvous.offre.ressources import follow_depart
        from rendezvous.offre.suites import ask_projection
        from rendezvous.phrases import PHRASES

        declare(PHRASES)
        departs.add("rendezvous", follow_depart)
        suites.add("rendezvous", ask_projection)
        reglages.declare_all()
        webhooks.declare_all()
