"""Second floor: who did what, and who read which profile."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Second floor: who did what, and who read which profile."""

    name = "journal"
    verbose_name = "Journal"
