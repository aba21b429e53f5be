"""Fourth floor: requests of every channel."""

from django.apps import AppConfig


class DemandesConfig(AppConfig):
    """Fourth floor: requests of every channel."""

    name = "demandes"
    verbose_name = "Demandes"
