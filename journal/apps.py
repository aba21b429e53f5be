"""Second floor: who did what, and who read which profile."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Second floor: who did what, and who read which profile."""

    name = "journal"
    verbose_name = "Journal"

    def ready(self) -> None:
        """Become the witness of the floors below."""
        from collectivites.temoin import temoins
        from journal.actions import record

        temoins.add("journal", record)
