"""Fifth floor: appointments."""

from django.apps import AppConfig


class RendezvousConfig(AppConfig):
    """Fifth floor: appointments."""

    name = "rendezvous"
    verbose_name = "Rendez-vous"

    def ready(self) -> None:
        """Tell the floors below what an appointment is: sentences, settings, messages, panels; wire the listeners."""
        from journal.phrases import declare
        from rendezvous import reglages
        from rendezvous.echanges import webhooks
        from rendezvous.phrases import PHRASES

        declare(PHRASES)
        reglages.declare_all()
        webhooks.declare_all()
