"""The texts of the acknowledgements: the town may rewrite them, not drop what the law wants in them."""

from messagerie.textes import COURRIEL, SMS, Occasion, Texte, declare

NB = "\u00a0"
_DECISION = (
    f"Sans réponse de notre part le samedi 2{NB}janvier{NB}2027, votre demande sera rejetée, sous réserve que votre "
    "dossier soit complet."
)
_MENTIONS = (
    "Ce message est l'accusé de réception de votre demande (articles L112-11 et R112-11-1 du code des relations entre "
    "le public et l'administration)."
)

# CRPA R112-11-1 (electronic) and R112-5 (paper): the letter says the same text, without the signed reference.
RECEPTION = Occasion(
    code="demande.accuse_reception",
    libelle="Accusé de réception d'une demande",
    explication="Part quand on sait quel service répond et ce que vaut le silence, par courriel, par SMS ou par "
    "lettre. La loi impose la date, le service, ses coordonnées et l'effet du silence (CRPA R112-11-1, R112-5).",
    variables={
        "collectivite": ("Nom de la collectivité", "Mairie d'Aurelle"),
        "usager": ("Nom de l'usager, vide s'il est inconnu", "Camille Durand"),
        "numero": ("Numéro de la demande", "DEM-2026-0871"),
        "reference": (
            "Référence signée, qui ramène la réponse à la demande ; vide dans une lettre",
            "[DEM-2026-0871-3f2a9c01b7e4]",
        ),
        "objet": ("Objet de la demande", "Installer un échafaudage 12 rue des Tilleuls"),
        "recue_le": ("Date et heure de réception", f"lundi 2{NB}novembre{NB}2026 à 9{NB}h{NB}40"),
        "service": ("Service chargé de la demande", "Voirie"),
        "coordonnees": (
            "Adresse, téléphone et courriel du service",
            f"1 place de la République, 01{NB}99{NB}00 12 34",
        ),
        "decision": ("Ce que vaut le silence, sa date et les recours ; vide si rien n'est dû", _DECISION),
        "pieces": ("Ce qui manque au dossier, et jusqu'à quand ; vide si rien ne manque", ""),
        "delai": ("Engagement de délai, vide s'il n'y en a pas", f"Réponse avant le 1er{NB}décembre."),
        "code_suivi": ("Code de suivi", "QZ4K-8TTM"),
        "lien_suivi": ("Page de suivi, le code déjà rempli", "https://guichet.example/usager/aurelle/suivi/"),
        "mentions": ("Articles du code dont c'est l'application", _MENTIONS),
    },
    textes={
        COURRIEL: Texte(
            objet="Accusé de réception de votre demande {{ numero }} {{ reference }}",
            corps="Bonjour,\n\n"
            f"Nous avons reçu votre demande «{NB}{{{{ objet }}}}{NB}» le {{{{ recue_le }}}}. "
            "Elle porte le numéro {{ numero }}.\n\n"
            f"Service chargé de votre demande{NB}: {{{{ service }}}}\n{{{{ coordonnees }}}}\n\n"
            "{{ delai }}\n\n{{ decision }}\n\n{{ pieces }}\n\n"
            f"Code de suivi{NB}: {{{{ code_suivi }}}}\nSuivre votre demande{NB}: {{{{ lien_suivi }}}}\n\n"
            "Pour compléter votre demande, écrivez-nous en rappelant son numéro.\n\n{{ mentions }}\n\n"
            "{{ collectivite }}",
        ),
        SMS: Texte(
            corps="{{ collectivite }} : demande {{ numero }} reçue le {{ recue_le }}. {{ service }}, "
            "{{ coordonnees }}. {{ delai }} {{ decision }} {{ pieces }} Code de suivi {{ code_suivi }}."
        ),
    },
    obligatoires={
        COURRIEL: ("recue_le", "service", "coordonnees", "decision", "pieces"),
        SMS: ("recue_le", "service", "coordonnees", "decision", "pieces"),
    },
)


def declare_all() -> None:
    """Add these texts to the settings page, after the acknowledgement of registration."""
    declare(RECEPTION, rang=2)
