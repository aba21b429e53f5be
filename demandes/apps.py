"""Fourth floor: requests of every channel."""

from django.apps import AppConfig


class DemandesConfig(AppConfig):
    """Fourth floor: requests of every channel."""

    name = "demandes"
    verbose_name = "Demandes"

    def ready(self) -> None:
        """Tell the floors below what follows a message about a demande."""
        from demandes.suites import OBJET_LIE, follow_envoi
        from messagerie.suites import objets, suites

        suites.add("demande", follow_envoi)
        objets.add("demande", OBJET_LIE)
