"""Second floor: everything we send, and its fate."""

from django.apps import AppConfig


class MessagerieConfig(AppConfig):
    """Second floor: everything we send, and its fate."""

    name = "messagerie"
    verbose_name = "Messagerie"

    def ready(self) -> None:
        """Declare the occasions every town has, and the screens of the settings."""
        from collectivites.menu import EntreeReglage, entrees
        from messagerie.occasions import declare_all

        declare_all()
        for rang, (clef, entree) in enumerate(
            {
                "modeles": EntreeReglage(
                    "Messages types",
                    "Accusés, réponses, invitations, avec vos mots",
                    "envelope",
                    "messagerie:modeles",
                ),
                "compte_sms": EntreeReglage(
                    "Compte SMS", "Fournisseur, nom affiché, clefs, essai", "phone", "messagerie:compte_sms"
                ),
                "webhooks": EntreeReglage(
                    "Webhooks", "Prévenir un autre logiciel de ce qui se passe ici", "send", "messagerie:webhooks"
                ),
            }.items(),
            start=60,
        ):
            entrees.add(clef, entree, rang=rang)
