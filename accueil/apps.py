"""Top floor: the agent's desk."""

from django.apps import AppConfig


class AccueilConfig(AppConfig):
    """Top floor: the agent's desk."""

    name = "accueil"
    verbose_name = "Accueil"

    def ready(self) -> None:
        """Tell the 360° page how contacts on the spot ended, and the journal what happened to them."""
        from accueil.actes import ACTES
        from accueil.actions import OBJET
        from accueil.etats import read_contacts
        from accueil.scelles import follow_service
        from citoyens.panneaux import actes, etats_vivants
        from collectivites.scelles import scelles
        from journal.phrases import declare

        etats_vivants.add(OBJET, read_contacts)
        scelles.add("accueil", follow_service)
        for rang, (clef, acte) in enumerate(ACTES.items()):
            actes.add(clef, acte, rang=rang)
        declare(
            {
                "contact.repondu": "réponse donnée sur place",
                "contact.oriente": "personne orientée vers un service",
                "contact.annule": "contact noté par erreur, annulé",
            }
        )
