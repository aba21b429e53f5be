"""Third floor: the knowledge base."""

from django.apps import AppConfig


class ConnaissancesConfig(AppConfig):
    """Third floor: the knowledge base."""

    name = "connaissances"
    verbose_name = "Connaissances"
