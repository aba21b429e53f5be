"""Top floor: the agent's desk."""

from django.apps import AppConfig


class AccueilConfig(AppConfig):
    """Top floor: the agent's desk."""

    name = "accueil"
    verbose_name = "Accueil"

    def ready(self) -> None:
        """Tell the 360° page how contacts on the spot ended."""
        from accueil.actions import OBJET
        from accueil.etats import read_contacts
        from citoyens.panneaux import etats_vivants

        etats_vivants.add(OBJET, read_contacts)
