"""Second floor: everything we send, and its fate."""

from django.apps import AppConfig


class MessagerieConfig(AppConfig):
    """Second floor: everything we send, and its fate."""

    name = "messagerie"
    verbose_name = "Messagerie"

    def ready(self) -> None:
        """Declare the occasions every town has."""
        from messagerie.occasions import declare_all

        declare_all()
