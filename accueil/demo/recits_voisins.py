"""What happened in Valmont and at the agglomeration."""

from accueil.demo.recits import Recit, attend, clot, note, prend, repond, traite

VALMONT = (
    Recit(
        "yvette",
        "Signaler un problème sur la voie publique",
        "telephone",
        "Fossé bouché chemin du Lavoir",
        "L'eau passe sur le chemin à chaque pluie.",
        12,
        "09:15",
        (
            prend("denis.roche", 1, "08:30"),
            note("denis.roche", 2, "08:30", "Curage prévu avec le tractopelle de l'agglo."),
        ),
    ),
    Recit(
        "erwan",
        "Cantine",
        "courriel",
        "Repas sans porc pour mon fils",
        "Bonjour, comment demander un repas de remplacement\u00a0? Erwan Kerouanton",
        6,
        "20:40",
        (
            repond(
                "martine.lebrun",
                1,
                "09:20",
                "Bonjour Monsieur Kerouanton,\n\nC'est noté à partir de lundi.\n\nMartine Lebrun",
            ),
            clot("martine.lebrun", 1, "09:21"),
        ),
    ),
    Recit(
        "laura",
        "Autorisation d'urbanisme",
        "courriel",
        "Abri de jardin de 12\u00a0m²",
        "Bonjour, faut-il déclarer un abri de 12\u00a0m² au fond du jardin\u00a0? Laura Bescond",
        25,
        "18:18",
        (prend("martine.lebrun", 1, "10:00"), attend("martine.lebrun", 1, "10:05", "tiers")),
    ),
    Recit(
        "chasse",
        "Location de la salle des fêtes",
        "guichet",
        "Repas annuel de la société de chasse",
        "Souhaite le premier samedi de février. Chèque de caution remis.",
        8,
        "10:30",
        (traite("martine.lebrun", 2, "11:00"),),
    ),
    Recit(
        "yvette",
        "Aide sociale",
        "guichet",
        "Colis de fin d'année",
        "Demande à recevoir le colis à domicile.",
        4,
        "10:05",
    ),
    Recit(
        "laura",
        "Signaler un problème sur la voie publique",
        "courriel",
        "Panneau couché route d'Aurelle",
        "Le panneau «\u00a0cédez le passage\u00a0» est par terre depuis samedi.",
        2,
        "08:02",
    ),
)

AGGLO = (
    Recit(
        "samira-agglo",
        "Bac à ordures",
        "telephone",
        "Bac jaune cassé",
        "Couvercle arraché par le camion. Demande un échange.",
        14,
        "11:40",
        (prend("karine.petit", 1, "09:00"), clot("karine.petit", 6, "15:00")),
    ),
    Recit(
        "hugo",
        "Badge de déchèterie",
        "courriel",
        "Badge perdu",
        "Bonjour, j'ai perdu mon badge. Combien coûte un nouveau\u00a0? Hugo Lamour",
        18,
        "12:30",
        (
            prend("karine.petit", 1, "09:30"),
            repond(
                "karine.petit",
                1,
                "09:32",
                "Bonjour Monsieur Lamour,\n\nLe remplacement coûte 5\u00a0€. Passez à l'accueil avec une pièce "
                "d'identité.\n\n"
                "Karine Petit",
            ),
        ),
    ),
    Recit(
        "garage",
        "Encombrants sur rendez-vous",
        "courriel",
        "Enlèvement de palettes",
        "Bonjour, nous avons 20 palettes à évacuer. Acceptez-vous les professionnels\u00a0?",
        3,
        "08:45",
    ),
    Recit(
        "hugo",
        "Fuite ou branchement d'eau",
        "telephone",
        "Fuite devant le compteur",
        "L'eau coule sur le trottoir depuis ce matin.",
        1,
        "08:20",
    ),
)
