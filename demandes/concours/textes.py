"""What we write to usagers and to third parties about complements, opinions, transfers, satisfaction."""

from messagerie.textes import COURRIEL, SMS, Occasion, Texte, declare

NB = "\u00a0"
_VILLE = {"collectivite": ("Nom de la collectivité", "Mairie d'Aurelle")}
_DEMANDE = _VILLE | {
    "numero": ("Numéro de la demande", "DEM-2026-0871"),
    "reference": ("Référence signée, qui ramène la réponse à la demande", "[DEM-2026-0871-3f2a9c01b7e4]"),
    "objet": ("Objet de la demande", "Inscription à l'école"),
}
_FIN = {
    "coordonnees": ("Adresse, téléphone et courriel du service", "1 place de la République, 01 99 00 12 34"),
    "signature": ("Agent et service", "Claire Martin\nScolaire — 01 99 00 12 34"),
}
_COMPLEMENTS = _DEMANDE | _FIN | {
    "liste": ("Ce qui est demandé, avec le texte qui l'exige", "- Justificatif de domicile (code de l'éducation)"),
    "precision": ("Ce que l'agent a écrit, vide sinon", "La copie envoyée est illisible."),
    "delai": ("Dernier jour", f"jeudi 24{NB}décembre 2026"),
    "consequence": ("Effet sur le délai de réponse", "Nous reprendrons votre demande dès leur réception."),
    "lien": ("Adresse de la page pour répondre", "https://guichet.example/usager/aurelle/complements/xxxx/"),
}  # fmt: skip
_AVIS = _VILLE | {
    "nom": ("À qui l'avis est demandé", "Architecte des Bâtiments de France"),
    "reference": ("Référence signée de l'avis", "[AVS-2026-0012-3f2a9c01b7e4]"),
    "numero": ("Numéro de la demande", "DEM-2026-0871"),
    "question": ("La question posée", "L'enseigne convient-elle au périmètre protégé ?"),
    "delai": ("Dernier jour", f"jeudi 24{NB}décembre 2026"),
    "pieces": ("Documents joints à la page, vide s'il n'y en a pas", "2 documents sont joints."),
    "lien": ("Adresse de la page pour répondre", "https://guichet.example/usager/aurelle/avis/xxxx/"),
    "signature": ("Agent et service", "Claire Martin\nUrbanisme — 01 99 00 12 34"),
}
_TRANSFERT = _DEMANDE | {
    "organisme": ("Administration compétente", "Aurelle Agglomération"),
    "coordonnees": ("Comment la joindre", "12 quai du Port, 54000 Aurelle, 01 99 00 30 00"),
    "transmise_le": ("Date de la transmission", f"mardi 24{NB}novembre 2026"),
    "motif": ("Pourquoi", "La collecte des déchets relève de l'agglomération."),
    "signature": ("Agent et service", "Claire Martin\nCadre de vie — 01 99 00 12 34"),
}
_ENVOI = _TRANSFERT | {
    "recue_le": ("Date de la première réception", f"lundi 23{NB}novembre 2026"),
    "usager": ("Qui demande", "Camille Durand, camille@exemple.fr"),
    "resume": ("Ce qui est demandé", "Mon bac à ordures est cassé."),
}
_SATISFACTION = _VILLE | {
    "numero": ("Numéro de la demande", "DEM-2026-0871"),
    "lien": ("Adresse de la page pour répondre", "https://guichet.example/usager/aurelle/avis-usager/xxxx/"),
}

COMPLEMENTS = Occasion(
    code="demande.complements",
    libelle="Compléments demandés à l'usager",
    explication="Dit ce qui manque, le texte qui l'exige, le délai et son effet (CRPA L114-5).",
    variables=_COMPLEMENTS,
    textes={
        COURRIEL: Texte(
            objet="Il manque des éléments à votre demande {{ numero }} {{ reference }}",
            corps=f"Bonjour,\n\nPour traiter votre demande «{NB}{{{{ objet }}}}{NB}», il nous faut{NB}:\n\n"
            "{{ liste }}\n\n{{ precision }}\n\n"
            f"Envoyez-les au plus tard le {{{{ delai }}}}, sur cette page{NB}:\n{{{{ lien }}}}\n\n"
            "{{ consequence }}\n\nVous pouvez aussi les apporter ou les envoyer par la poste, avec le numéro "
            f"{{{{ numero }}}}{NB}:\n{{{{ coordonnees }}}}\n\n{{{{ signature }}}}\n{{{{ collectivite }}}}",
        ),
        SMS: Texte(
            corps="{{ collectivite }} : il manque des éléments à votre demande {{ numero }}. "
            f"À envoyer avant le {{{{ delai }}}}{NB}: {{{{ lien }}}}"
        ),
    },
)
COMPLEMENTS_RELANCE = Occasion(
    code="demande.complements_relance",
    libelle="Relance avant la fin du délai pour compléter",
    variables=_COMPLEMENTS,
    textes={
        COURRIEL: Texte(
            objet="Votre demande {{ numero }} attend des éléments {{ reference }}",
            corps=f"Bonjour,\n\nNous n'avons pas encore reçu, pour votre demande «{NB}{{{{ objet }}}}{NB}»{NB}:\n\n"
            f"{{{{ liste }}}}\n\nIl reste jusqu'au {{{{ delai }}}} pour les envoyer{NB}:\n{{{{ lien }}}}\n\n"
            f"Une difficulté{NB}? Répondez à ce message ou appelez-nous.\n{{{{ coordonnees }}}}\n\n"
            "{{ collectivite }}",
        ),
        SMS: Texte(
            corps="{{ collectivite }} : votre demande {{ numero }} attend encore des éléments, "
            f"avant le {{{{ delai }}}}{NB}: {{{{ lien }}}}"
        ),
    },
)
AVIS = Occasion(
    code="demande.avis",
    libelle="Avis demandé à un tiers",
    explication="Le tiers ne voit que la question et les documents choisis, jamais la demande.",
    variables=_AVIS,
    textes={
        COURRIEL: Texte(
            objet=f"{{{{ collectivite }}}}{NB}: votre avis, dossier {{{{ numero }}}} {{{{ reference }}}}",
            corps="Bonjour,\n\n{{ question }}\n\n{{ pieces }}\n\n"
            f"Répondez avant le {{{{ delai }}}} sur cette page{NB}:\n{{{{ lien }}}}\n\n"
            "Vous pouvez aussi répondre à ce message. Le lien vous est réservé.\n\n"
            "{{ signature }}\n{{ collectivite }}",
        )
    },
)
AVIS_RELANCE = Occasion(
    code="demande.avis_relance",
    libelle="Relance d'un tiers",
    variables=_AVIS,
    textes={
        COURRIEL: Texte(
            objet=f"Rappel{NB}: votre avis, dossier {{{{ numero }}}} {{{{ reference }}}}",
            corps=f"Bonjour,\n\nNous attendons votre avis avant le {{{{ delai }}}}{NB}:\n\n{{{{ question }}}}\n\n"
            "{{ lien }}\n\n{{ signature }}\n{{ collectivite }}",
        )
    },
)
TRANSMISE = Occasion(
    code="demande.transmise",
    libelle="Demande transmise à l'administration compétente",
    explication="La loi impose de dire à qui la demande est transmise (CRPA L114-2).",
    variables=_TRANSFERT,
    textes={
        COURRIEL: Texte(
            objet="Votre demande {{ numero }} est transmise à {{ organisme }} {{ reference }}",
            corps=f"Bonjour,\n\nVotre demande «{NB}{{{{ objet }}}}{NB}» ne relève pas de notre compétence. "
            "{{ motif }}\n\n"
            "Nous l'avons transmise le {{ transmise_le }} à l'administration compétente "
            f"(article L114-2 du code des relations entre le public et l'administration){NB}:\n\n"
            "{{ organisme }}\n{{ coordonnees }}\n\n"
            "Vous n'avez rien à refaire. C'est elle qui vous répondra.\n\n{{ signature }}\n{{ collectivite }}",
        ),
        SMS: Texte(
            corps="{{ collectivite }} : votre demande {{ numero }} est transmise le {{ transmise_le }} à "
            f"{{{{ organisme }}}}, compétente{NB}: {{{{ coordonnees }}}}. Rien à refaire."
        ),
    },
)
TRANSMISSION = Occasion(
    code="demande.transmission",
    libelle="Dossier envoyé à l'administration compétente",
    variables=_ENVOI,
    textes={
        COURRIEL: Texte(
            objet="Transmission d'une demande pour compétence, {{ numero }}",
            corps=f"Bonjour,\n\nNous vous transmettons une demande qui relève de votre compétence "
            "(article L114-2 du code des relations entre le public et l'administration). {{ motif }}\n\n"
            f"Demande{NB}: {{{{ objet }}}}\nReçue le {{{{ recue_le }}}}, transmise le {{{{ transmise_le }}}}\n"
            f"Demandeur{NB}: {{{{ usager }}}}\n\n{{{{ resume }}}}\n\n"
            "Le demandeur est informé de cette transmission.\n\n{{ signature }}\n{{ collectivite }}",
        )
    },
)
SATISFACTION = Occasion(
    code="demande.satisfaction",
    libelle="Question de satisfaction",
    explication="Une seule question, le lendemain de la clôture.",
    variables=_SATISFACTION,
    textes={
        COURRIEL: Texte(
            objet=f"Votre demande {{{{ numero }}}}{NB}: une question",
            corps=f"Bonjour,\n\nVotre demande {{{{ numero }}}} est terminée. Êtes-vous satisfait de la réponse{NB}? "
            f"Une seule question, sur cette page{NB}:\n{{{{ lien }}}}\n\n"
            f"Le problème n'est pas réglé{NB}? Dites-le au même endroit, nous reprendrons votre demande.\n\n"
            "{{ collectivite }}",
        ),
        SMS: Texte(
            corps="{{ collectivite }} : votre demande {{ numero }} est terminée. "
            f"Réglée ou pas, dites-le nous{NB}: {{{{ lien }}}}"
        ),
    },
)


def declare_textes() -> None:
    """Add these occasions to the town's own texts."""
    for rang, occasion in enumerate(
        (COMPLEMENTS, COMPLEMENTS_RELANCE, AVIS, AVIS_RELANCE, TRANSMISE, TRANSMISSION, SATISFACTION), start=30
    ):
        declare(occasion, rang=rang)
