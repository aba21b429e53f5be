"""Third floor: people and organisations, the 360° page."""

from django.apps import AppConfig


class CitoyensConfig(AppConfig):
    """Third floor: people and organisations, the 360° page."""

    name = "citoyens"
    verbose_name = "Usagers"
