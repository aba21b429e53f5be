"""Top floor: the agent's desk."""

from django.apps import AppConfig


class AccueilConfig(AppConfig):
    """Top floor: the agent's desk."""

    name = "accueil"
    verbose_name = "Accueil"
