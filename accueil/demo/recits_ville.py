"""What happened in the rest of Aurelle."""

from accueil.demo.recits import Recit, attend, clot, note, prend, relance, repond, traite

DANS_LA_VILLE = (
    Recit(
        "fatou",
        "Inscription scolaire",
        "guichet",
        "Inscription d'Awa en petite section",
        "Arrivée à Aurelle ce mois-ci. Livret de famille et justificatif de domicile présentés, vaccins à apporter.",
        3,
        "09:35",
        (attend("sophie.delaunay", 0, "11:00", "usager"),),
    ),
    Recit(
        "fatou",
        "Attestation d'accueil",
        "courriel",
        "Attestation d'accueil pour ma mère",
        "Bonjour, ma mère vient me voir trois semaines en janvier. Quels papiers dois-je apporter\u00a0? Fatou Diallo",
        16,
        "18:02",
        (
            prend("nadia.cherif", 1, "10:10"),
            repond(
                "nadia.cherif",
                1,
                "10:20",
                "Bonjour Madame Diallo,\n\nApportez votre pièce d'identité, un justificatif de domicile de "
                "moins de trois mois, vos trois derniers bulletins de salaire et un timbre fiscal de "
                "30\u00a0€.\n\nNadia Cherif",
            ),
            relance(2, "12:31", "Merci beaucoup. Je passerai jeudi."),
        ),
    ),
    Recit(
        "lucie",
        "Copie d'acte de naissance",
        "courriel",
        "Copie intégrale d'acte de naissance",
        "Bonjour, il me faut une copie intégrale de mon acte de naissance pour mon Pacs. Née à Aurelle le 3 "
        "avril 1999.",
        11,
        "12:12",
        (
            prend("nadia.cherif", 0, "14:00"),
            repond(
                "nadia.cherif",
                1,
                "09:00",
                "Bonjour Madame Tanguy,\n\nVotre copie part aujourd'hui par courrier à l'adresse indiquée.\n\n"
                "Nadia Cherif",
            ),
            clot("nadia.cherif", 1, "09:01"),
        ),
    ),
    Recit(
        "lucie",
        "Carte d'identité",
        "telephone",
        "Carte d'identité perdue avant un départ",
        "Part dans trois semaines. Demande s'il existe une procédure d'urgence.",
        2,
        "16:45",
        (prend("nadia.cherif", 1, "09:00"),),
    ),
    Recit(
        "mehdi",
        "Signaler un nid-de-poule ou un trottoir abîmé",
        "telephone",
        "Trou devant le 5 rue Traversière",
        "Un vélo est tombé hier. Le trou fait environ 40\u00a0cm.",
        15,
        "08:50",
        (
            prend("julien.marchand", 1, "08:30"),
            note("julien.marchand", 1, "08:40", "Mise en sécurité faite (cône). Reprise avec la campagne d'enrobé."),
        ),
    ),
    Recit(
        "odile",
        "Portage de repas à domicile",
        "telephone",
        "Repas de remplacement pendant les fêtes",
        "Sa fille Anne appelle\u00a0: sa mère sera seule la dernière semaine de décembre.",
        6,
        "15:05",
        (prend("helene.roussel", 1, "09:40"),),
    ),
    Recit(
        "anne",
        "Domiciliation",
        "guichet",
        "Domiciliation de son neveu",
        "Demande une domiciliation pour son neveu hébergé sans adresse stable.",
        33,
        "10:20",
        (
            prend("marc.vidal", 1, "10:00"),
            clot("marc.vidal", 20, "15:30", "acceptee"),
        ),
    ),
    Recit(
        "wei",
        "Permis de construire",
        "courriel",
        "Extension de 24\u00a0m²\u00a0: quel dossier\u00a0?",
        "Bonjour,\nJe projette une extension de 24\u00a0m² à l'arrière de ma maison (zone UB). Permis ou "
        "déclaration préalable\u00a0?\nWei Chen",
        8,
        "22:40",
        (prend("olivier.brunet", 2, "14:00"),),
    ),
    Recit(
        "elodie",
        "Demander l'élagage d'un arbre",
        "courriel",
        "Branches sur la ligne téléphonique",
        "Bonjour, le platane devant le 12 allée des Acacias touche la ligne. Merci, Élodie N'Guyen",
        24,
        "17:17",
        (
            prend("julien.marchand", 3, "11:20"),
            repond(
                "julien.marchand",
                3,
                "11:25",
                "Bonjour Madame N'Guyen,\n\nL'élagage est programmé la première semaine de "
                "décembre, après la chute des feuilles.\n\nJulien Marchand",
            ),
            attend("julien.marchand", 3, "11:26", "tiers"),
        ),
    ),
    Recit(
        "tristan",
        "Recensement citoyen à 16\u00a0ans",
        "guichet",
        "Recensement citoyen",
        "Venu avec sa mère. Pièce d'identité et livret de famille vus.",
        18,
        "17:40",
        (clot("nadia.cherif", 2, "09:30"),),
    ),
    Recit(
        "paulo",
        "Terrasse, échafaudage ou benne sur la voie publique",
        "courriel",
        "Benne devant le 18 chemin des Vignes",
        "Bonjour, j'ai besoin de poser une benne du 2 au 4. Quelle autorisation et quel tarif\u00a0? Paulo Da Silva",
        5,
        "19:30",
    ),
    Recit(
        "beatrice",
        "Cantine et accueil périscolaire",
        "courriel",
        "Facture de cantine\u00a0: deux repas en trop",
        "Bonjour, la facture d'octobre compte deux repas que mon fils n'a pas pris (il était malade, "
        "certificat joint).",
        12,
        "09:14",
        (
            prend("sophie.delaunay", 1, "11:00"),
            repond(
                "sophie.delaunay",
                2,
                "09:45",
                "Bonjour Madame Sourimant,\n\nVous avez raison\u00a0: les deux repas seront déduits de la facture de "
                "novembre.\n\nSophie Delaunay",
            ),
            traite("sophie.delaunay", 2, "09:46"),
        ),
    ),
    Recit(
        "beatrice",
        "Écrire au maire",
        "courriel",
        "Merci pour la fête des quais",
        "Une belle journée, bravo aux bénévoles et aux services. Béatrice Sourimant",
        40,
        "11:11",
        (
            repond(
                "ines.carpentier",
                2,
                "10:00",
                "Bonjour Madame Sourimant,\n\nMerci de votre message\u00a0: il a été transmis à toutes les "
                "équipes.\n\nInès Carpentier",
            ),
            clot("ines.carpentier", 2, "10:01", "sans_suite"),
        ),
    ),
    Recit(
        "kiosque",
        "Location de salle",
        "courriel",
        "Salle des Tilleuls pour notre assemblée générale",
        "Bonjour, Les Amis du kiosque souhaitent la salle des Tilleuls un samedi de janvier, pour 80 personnes.",
        10,
        "15:15",
    ),
    Recit(
        "judo",
        "Buvette temporaire",
        "courrier",
        "Buvette du tournoi de Noël",
        "Demande d'autorisation de buvette (boissons sans alcool et bière) au gymnase, le deuxième samedi "
        "de décembre.",
        14,
        "10:00",
    ),
    Recit(
        "parents",
        "Signaler un nid-de-poule ou un trottoir abîmé",
        "courriel",
        "Trottoir dangereux devant l'école Prévert",
        "Bonjour, les racines soulèvent le trottoir à la sortie de l'école. Deux enfants sont tombés. Nous "
        "demandons une "
        "mise en sécurité rapide.",
        21,
        "08:05",
        (
            prend("julien.marchand", 1, "08:20"),
            note("julien.marchand", 1, "14:00", "Vu sur place. Barrières posées, devis demandé."),
            repond(
                "julien.marchand",
                2,
                "10:00",
                "Bonjour,\n\nDes barrières protègent le passage depuis hier. Le devis de reprise est demandé.\n\n"
                "Julien Marchand",
            ),
            relance(
                9, "08:10", "Bonjour, les barrières ont été déplacées et personne n'est revenu. Où en est-on\u00a0?"
            ),
        ),
    ),
    Recit(
        "tilleul",
        "Terrasse, échafaudage ou benne sur la voie publique",
        "guichet",
        "Terrasse chauffée place de la Fontaine",
        "Demande à garder la terrasse tout l'hiver avec des chauffages. Plan et assurance remis.",
        19,
        "11:30",
        (
            prend("julien.marchand", 2, "10:00"),
            repond(
                "julien.marchand",
                6,
                "11:00",
                "Bonjour,\n\nLa terrasse peut rester, mais les chauffages en plein air sont interdits sur le "
                "domaine public.\n\nJulien Marchand",
            ),
            clot("julien.marchand", 6, "11:05", "refusee"),
        ),
    ),
    Recit(
        "toitures",
        "Terrasse, échafaudage ou benne sur la voie publique",
        "courriel",
        "Échafaudage 14 rue du Puits-Neuf",
        "Bonjour, échafaudage de 6\u00a0m de long pendant dix jours à partir de lundi. Attestation jointe.\n\n"
        "Toitures Le Dantec",
        3,
        "07:12",
    ),
    Recit(
        "syndic",
        "Signaler un lampadaire éteint",
        "courriel",
        "Trois lampadaires boulevard des Ormes",
        "Bonjour, les trois lampadaires devant les numéros 36 à 42 clignotent depuis le coup de vent.",
        1,
        "09:03",
    ),
    Recit(
        "",
        "",
        "courriel",
        "Question",
        "Bonjour, je voudrais savoir si vous pouvez m'aider pour mon dossier svp c'est urgent merci",
        1,
        "23:48",
    ),
    Recit(
        "",
        "",
        "courriel",
        "Objet trouvé ligne 3",
        "Bonjour, j'ai trouvé un sac d'enfant dans le bus hier soir. À qui dois-je le remettre\u00a0?",
        0,
        "07:20",
    ),
)
