"""Second floor: everything we send, and its fate."""

from django.apps import AppConfig


class MessagerieConfig(AppConfig):
    """Second floor: everything we send, and its fate."""

    name = "messagerie"
    verbose_name = "Messagerie"
