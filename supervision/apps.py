"""Top floor: dashboards."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """Top floor: dashboards."""

    name = "supervision"
    verbose_name = "Supervision"
