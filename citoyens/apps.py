"""Third floor: people and organisations, the 360° page."""

from django.apps import AppConfig


class CitoyensConfig(AppConfig):
    """Third floor: people and organisations, the 360° page."""

    name = "citoyens"
    verbose_name = "Usagers"

    def ready(self) -> None:
        """Give the journal words for what happens to usagers, and where their page is."""
        from django.urls import reverse

        from citoyens.phrases import PHRASES
        from journal.phrases import declare, pages

        declare(PHRASES)
        pages.add("usager", lambda slug, pk: reverse("citoyens:fiche", args=[slug, pk]))
