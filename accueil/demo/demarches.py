"""What each collectivité asks to be told in its own words; the usual catalogue is sown beside and completes them.

A label of the usual catalogue (`demandes/catalogue/donnees/`) is the same type; CODES says which usual démarche a
label of the town's own stands for.
"""

# (libellé, thématique, service, engagement in working days)
CATALOGUE: dict[str, tuple[tuple[str, str, str, int], ...]] = {
    "aurelle": (
        ("Signaler un lampadaire éteint", "Signaler un problème", "Éclairage public", 5),
        ("Signaler un nid-de-poule ou un trottoir abîmé", "Signaler un problème", "Voirie et propreté", 10),
        ("Signaler un dépôt sauvage", "Signaler un problème", "Voirie et propreté", 2),
        ("Demander l'élagage d'un arbre", "Signaler un problème", "Espaces verts", 15),
        ("Copie d'acte de naissance", "État civil", "État civil et citoyenneté", 3),
        ("Copie d'acte de mariage", "État civil", "État civil et citoyenneté", 3),
        ("Carte d'identité", "Identité et voyage", "État civil et citoyenneté", 5),
        ("Passeport", "Identité et voyage", "État civil et citoyenneté", 5),
        ("Dossier de mariage", "État civil", "État civil et citoyenneté", 10),
        ("Recensement citoyen à 16\u00a0ans", "Citoyenneté", "État civil et citoyenneté", 10),
        ("Inscription sur les listes électorales", "Citoyenneté", "État civil et citoyenneté", 5),
        ("Attestation d'accueil", "Citoyenneté", "État civil et citoyenneté", 20),
        ("Achat ou renouvellement de concession", "Cimetière", "État civil et citoyenneté", 15),
        ("Inscription scolaire", "Enfance", "Éducation et périscolaire", 15),
        ("Cantine et accueil périscolaire", "Enfance", "Éducation et périscolaire", 8),
        ("Préinscription en crèche", "Enfance", "Petite enfance", 20),
        ("Déclaration préalable de travaux", "Logement et travaux", "Urbanisme", 20),
        ("Permis de construire", "Logement et travaux", "Urbanisme", 30),
        ("Terrasse, échafaudage ou benne sur la voie publique", "Espace public", "Voirie et propreté", 15),
        ("Stationnement pour un déménagement", "Espace public", "Voirie et propreté", 10),
        ("Carte de stationnement résidentiel", "Espace public", "Régie et stationnement", 8),
        ("Location de salle", "Vie associative", "Sports et vie associative", 15),
        ("Buvette temporaire", "Vie associative", "Sports et vie associative", 10),
        ("Inscription à la médiathèque", "Culture", "Médiathèque", 5),
        ("Tranquillité publique", "Sécurité", "Police municipale", 5),
        ("Aide d'urgence", "Action sociale", "CCAS", 5),
        ("Domiciliation", "Action sociale", "CCAS", 15),
        ("Portage de repas à domicile", "Action sociale", "CCAS", 8),
        ("Écrire au maire", "Vie municipale", "Accueil et relations usagers", 10),
    ),
    "valmont": (
        ("Signaler un problème sur la voie publique", "Cadre de vie", "Services techniques", 10),
        ("Copie d'acte de naissance", "État civil", "Secrétariat de mairie", 5),
        ("Location de la salle des fêtes", "Vie du village", "Secrétariat de mairie", 10),
        ("Cantine", "Enfance", "École et cantine", 5),
        ("Autorisation d'urbanisme", "Logement et travaux", "Secrétariat de mairie", 20),
        ("Aide sociale", "Action sociale", "CCAS", 10),
        ("Écrire au maire", "Vie du village", "Secrétariat de mairie", 10),
    ),
    "aurelle-agglo": (
        ("Bac à ordures", "Déchets", "Déchets et déchèteries", 10),
        ("Encombrants sur rendez-vous", "Déchets", "Déchets et déchèteries", 15),
        ("Badge de déchèterie", "Déchets", "Déchets et déchèteries", 10),
        ("Fuite ou branchement d'eau", "Eau", "Eau et assainissement", 2),
        ("Demande de logement social", "Habitat", "Habitat", 20),
        ("Écrire à l'agglomération", "Vie de l'agglomération", "Accueil de l'agglomération", 10),
    ),
}

CODES = {
    "Location de la salle des fêtes": "salle",
    "Cantine": "cantine",
    "Autorisation d'urbanisme": "declaration_prealable",
    "Aide sociale": "aide_urgence",
    "Signaler un problème sur la voie publique": "signalement_voirie",
    "Écrire à l'agglomération": "ecrire_au_maire",
    "Demande de logement social": "logement_social",
}
