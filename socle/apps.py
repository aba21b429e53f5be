"""The ground floor."""

from django.apps import AppConfig


class SocleConfig(AppConfig):
    """Tools without business: no model, no rule of the town hall."""

    name = "socle"
    verbose_name = "Socle"

    def ready(self) -> None:
        """Register the system checks of the ground floor (`manage.py check` is the doctor)."""
        from socle import controles, pdf  # noqa: F401 registration happens on import
