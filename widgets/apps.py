"""Top floor: what citizens see inside the town's own site."""

from django.apps import AppConfig


class WidgetsConfig(AppConfig):
    """Top floor: what citizens see inside the town's own site."""

    name = "widgets"
    verbose_name = "Widgets"
