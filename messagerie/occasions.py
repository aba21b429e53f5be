"""The occasions every town has from the first day. Upper floors declare theirs in `AppConfig.ready()`."""

from messagerie.textes import COURRIEL, SMS, Occasion, Texte, declare

NB = "\u00a0"
REFERENCE = "[DEM-2026-0871-3f2a9c01b7e4]"

# CRPA R112-11-1: date of reception, service, its postal and electronic addresses, its phone; the regime when due.
ACCUSE = Occasion(
    code="demande.accuse_enregistrement",
    libelle="Accusé d'enregistrement d'une demande",
    explication="Part dès qu'une demande est enregistrée. La loi impose la date et le service (CRPA L112-11).",
    variables={
        "collectivite": ("Nom de la collectivité", "Mairie d'Aurelle"),
        "usager": ("Nom de l'usager, vide s'il est inconnu", "Camille Durand"),
        "numero": ("Numéro de la demande", "DEM-2026-0871"),
        "reference": ("Référence signée, qui ramène la réponse à la demande", REFERENCE),
        "objet": ("Objet de la demande", "Lampadaire éteint rue des Tilleuls"),
        "recue_le": ("Date et heure de réception", f"mardi 24{NB}novembre à 9{NB}h{NB}40"),
        "service": ("Service chargé de la demande", "Cadre de vie"),
        "coordonnees": ("Adresse, téléphone et courriel du service", "1 place de la République, 01 99 00 12 34"),
        "delai": ("Engagement de délai, vide s'il n'y en a pas", f"Réponse avant le 1er{NB}décembre."),
        "code_suivi": ("Code de suivi", "QZ4K-8TTM"),
        "lien_suivi": ("Page de suivi, le code déjà rempli", "https://guichet.example/usager/aurelle/suivi/"),
        "mentions": ("Mentions légales, vides si aucune n'est due", ""),
    },
    textes={
        COURRIEL: Texte(
            objet="Votre demande {{ numero }} est enregistrée {{ reference }}",
            corps="Bonjour,\n\n"
            f"Votre demande «{NB}{{{{ objet }}}}{NB}» est enregistrée sous le numéro {{{{ numero }}}}.\n"
            "Elle a été reçue le {{ recue_le }}.\n\n"
            f"Service chargé de votre demande{NB}: {{{{ service }}}}\n{{{{ coordonnees }}}}\n\n"
            f"{{{{ delai }}}}\n\nCode de suivi{NB}: {{{{ code_suivi }}}}\n"
            f"Suivre votre demande{NB}: {{{{ lien_suivi }}}}\n\n"
            "Pour compléter votre demande, répondez à ce message.\n\n{{ mentions }}\n\n{{ collectivite }}",
        ),
        SMS: Texte(
            corps="{{ collectivite }} : votre demande {{ numero }}, reçue le {{ recue_le }}, est enregistrée. "
            "{{ delai }} Code de suivi {{ code_suivi }}."
        ),
    },
    obligatoires={COURRIEL: ("recue_le",), SMS: ("recue_le",)},  # CRPA R112-11-2
)

REPONSE = Occasion(
    code="demande.reponse",
    libelle="Réponse à une demande",
    explication="Entoure ce que l'agent écrit\u00a0: la signature du service, et la référence qui ramène la réponse.",
    variables={
        "collectivite": ("Nom de la collectivité", "Mairie d'Aurelle"),
        "numero": ("Numéro de la demande", "DEM-2026-0871"),
        "reference": ("Référence signée, qui ramène la réponse à la demande", REFERENCE),
        "objet": ("Objet de la demande", "Lampadaire éteint rue des Tilleuls"),
        "corps": ("Ce que l'agent a écrit", f"Bonjour,\n\nLe lampadaire sera réparé le 3{NB}décembre."),
        "signature": ("Agent et service", "Claire Martin\nCadre de vie — 01 99 00 12 34"),
    },
    textes={
        COURRIEL: Texte(
            objet="{{ objet }} {{ reference }}",
            corps="{{ corps }}\n\n{{ signature }}\n{{ collectivite }}\n\n"
            f"Demande {{{{ numero }}}}{NB}: gardez l'objet de ce message pour nous répondre.",
        ),
        SMS: Texte(corps="{{ corps }} {{ collectivite }}, {{ numero }}"),
    },
)

_COMPTE = {
    "collectivite": ("Nom de la collectivité", "Mairie d'Aurelle"),
    "prenom": ("Prénom de l'agent", "Claire"),
    "lien": ("Adresse à ouvrir, valable une seule fois", "https://guichet.example/connexion/xxxx"),
    "validite": ("Durée de validité du lien", f"3{NB}jours"),
}
MOT_DE_PASSE = Occasion(
    code="compte.mot_de_passe",
    libelle="Mot de passe oublié",
    variables=_COMPTE,
    textes={
        COURRIEL: Texte(
            objet="Choisir un nouveau mot de passe",
            corps="Bonjour {{ prenom }},\n\nPour choisir un nouveau mot de passe Guichet, ouvrez cette adresse"
            f"{NB}:\n{{{{ lien }}}}\n\nElle est valable {{{{ validite }}}}.\n\n"
            "Vous n'avez rien demandé\u00a0? Votre mot de passe ne change pas.\n\n{{ collectivite }}",
        )
    },
)
INVITATION = Occasion(
    code="compte.invitation",
    libelle="Invitation d'un agent",
    variables=_COMPTE,
    textes={
        COURRIEL: Texte(
            objet="Votre compte Guichet",
            corps=f"Bonjour {{{{ prenom }}}},\n\nUn compte Guichet vous attend{NB}: {{{{ collectivite }}}}.\n"
            f"Pour choisir votre mot de passe, ouvrez cette adresse{NB}:\n{{{{ lien }}}}\n\n"
            "Elle est valable {{ validite }}.\n\n{{ collectivite }}",
        )
    },
)


def declare_all() -> None:
    """Fill the registry, in the order of the settings page."""
    for rang, occasion in enumerate((ACCUSE, REPONSE, INVITATION, MOT_DE_PASSE), start=1):
        declare(occasion, rang=rang)
