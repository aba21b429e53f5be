"""Fifth floor: appointments."""

from django.apps import AppConfig


class RendezvousConfig(AppConfig):
    """Fifth floor: appointments."""

    name = "rendezvous"
    verbose_name = "Rendez-vous"
