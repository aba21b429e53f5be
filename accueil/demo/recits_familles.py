"""What happened to the families one meets first in Aurelle."""

from accueil.demo.recits import Recit, attend, clot, note, prend, relance, repond

FAMILLES = (
    Recit(
        "samira",
        "Signaler un lampadaire éteint",
        "courriel",
        "Lampadaire éteint rue des Tanneurs",
        "Bonjour,\n\nLe lampadaire devant le 8 rue des Tanneurs est éteint depuis une semaine. Mes enfants "
        "rentrent de "
        "l'étude dans le noir. Pouvez-vous faire le nécessaire\u00a0?\n\nSamira Ben Amar",
        13,
        "16:40",
        (
            prend("yann.legoff", 2, "09:20"),
            note(
                "yann.legoff",
                2,
                "09:25",
                "@Claire, pièce commandée, pose prévue mardi. Peux-tu prévenir la dame\u00a0?",
            ),
            relance(4, "11:02", "Toujours dans le noir depuis lundi, demande une date.", "telephone"),
        ),
    ),
    Recit(
        "samira",
        "Cantine et accueil périscolaire",
        "courriel",
        "Inscription à la cantine d'Inès",
        "Bonjour, je souhaite inscrire ma fille Inès (CE2, école Prévert) à la cantine le lundi et le jeudi.",
        49,
        "20:12",
        (
            prend("sophie.delaunay", 1, "09:05"),
            repond(
                "sophie.delaunay",
                1,
                "09:15",
                "Bonjour Madame Ben Amar,\n\nIl nous manque l'attestation d'assurance "
                "scolaire pour terminer l'inscription d'Inès. Vous pouvez la joindre en réponse à ce "
                "message.\n\nSophie Delaunay",
            ),
            attend("sophie.delaunay", 1, "09:16", "usager"),
            relance(2, "19:44", "Bonsoir, voici l'attestation. Merci\u00a0!"),
            repond(
                "sophie.delaunay",
                3,
                "10:02",
                "Bonjour Madame Ben Amar,\n\nInès est inscrite à la cantine le lundi et le "
                "jeudi à partir de la semaine prochaine.\n\nSophie Delaunay",
            ),
            clot("sophie.delaunay", 3, "10:03"),
        ),
    ),
    Recit(
        "samira",
        "Aide d'urgence",
        "guichet",
        "Aide pour une facture d'énergie",
        "Reçue avec sa facture. Demande un échéancier et une aide ponctuelle.",
        51,
        "14:30",
        (
            prend("helene.roussel", 1, "09:00"),
            note("helene.roussel", 2, "11:30", "Ressources vues. Passage en commission le mois prochain."),
            clot("helene.roussel", 12, "16:00", "acceptee"),
        ),
    ),
    Recit(
        "karim",
        "Stationnement pour un déménagement",
        "courriel",
        "Réserver deux places pour un déménagement",
        "Bonjour, nous aidons mes beaux-parents à déménager. Faut-il un arrêté pour deux places devant le 27 rue du "
        "Moulin\u00a0? Cordialement, Karim Ben Amar",
        6,
        "08:31",
        (prend("julien.marchand", 1, "10:40"), attend("julien.marchand", 1, "10:45", "tiers")),
    ),
    Recit(
        "josette",
        "Achat ou renouvellement de concession",
        "guichet",
        "Renouvellement de la concession familiale",
        "Concession de son mari, carré C, arrivée à échéance le mois dernier. Souhaite renouveler pour 30\u00a0ans.",
        20,
        "10:15",
        (
            prend("nadia.cherif", 1, "14:00"),
            repond(
                "nadia.cherif",
                2,
                "09:30",
                "Appelée\u00a0: le tarif est de 420\u00a0€ pour 30\u00a0ans, règlement à la régie. Un titre "
                "lui sera envoyé par courrier.",
                "telephone",
            ),
            attend("nadia.cherif", 2, "09:35", "usager"),
        ),
    ),
    Recit(
        "josette",
        "Portage de repas à domicile",
        "telephone",
        "Mise en place du portage de repas",
        "Souhaite des repas le midi, du lundi au vendredi, à partir du mois prochain. Régime sans sel.",
        9,
        "09:50",
        (prend("marc.vidal", 1, "09:00"), note("marc.vidal", 1, "09:10", "Visite prévue jeudi.")),
    ),
    Recit(
        "antoine",
        "Déclaration préalable de travaux",
        "courriel",
        "Changement de fenêtres, 27 rue du Moulin",
        "Bonjour,\n\nNous voulons remplacer cinq fenêtres en bois par de l'aluminium gris. Une déclaration préalable "
        "est-elle nécessaire\u00a0? Sommes-nous en secteur protégé\u00a0?\n\nMerci, Antoine Lecourt",
        31,
        "21:05",
        (
            prend("olivier.brunet", 2, "11:00"),
            repond(
                "olivier.brunet",
                5,
                "16:20",
                "Bonjour Monsieur Lecourt,\n\nVotre maison est aux abords d'un monument\u00a0: une "
                "déclaration préalable est nécessaire. Le formulaire et quatre photographies "
                "suffisent.\n\nOlivier Brunet, Urbanisme",
            ),
            attend("olivier.brunet", 5, "16:21", "usager"),
        ),
    ),
    Recit(
        "maelle",
        "Préinscription en crèche",
        "courriel",
        "Place en crèche pour la rentrée",
        "Bonjour, nous attendons un enfant pour le printemps et cherchons une place en crèche pour septembre. Comment "
        "faire\u00a0? Maëlle Quimerch",
        4,
        "13:20",
    ),
    Recit(
        "gerard",
        "Écrire au maire",
        "courrier",
        "Horaires des cloches de Saint-Corentin",
        "Monsieur le Maire, les cloches sonnent toutes les demi-heures la nuit. Je demande qu'elles se taisent "
        "de 22\u00a0h à 7\u00a0h.",
        27,
        "10:00",
        (
            prend("ines.carpentier", 3, "15:00"),
            note("ines.carpentier", 3, "15:10", "Vu avec la paroisse\u00a0: réponse attendue la semaine prochaine."),
            attend("ines.carpentier", 4, "09:00", "tiers"),
        ),
    ),
    Recit(
        "gerard",
        "Signaler un dépôt sauvage",
        "courriel",
        "Matelas et gravats impasse du Colombier",
        "Encore un dépôt au bout de l'impasse du Colombier\u00a0: deux matelas et des gravats. C'est le "
        "troisième cette année.",
        7,
        "07:55",
        (
            prend("julien.marchand", 0, "09:10"),
            repond(
                "julien.marchand",
                1,
                "16:00",
                "Bonjour Monsieur Penvern,\n\nLe dépôt a été enlevé ce matin. Nous étudions la pose "
                "d'un appareil photo avec la police municipale.\n\nJulien Marchand",
            ),
            clot("julien.marchand", 1, "16:01"),
        ),
    ),
    Recit(
        "gerard",
        "Tranquillité publique",
        "telephone",
        "Rodéos de scooters boulevard des Ormes",
        "Signale des rodéos le samedi soir vers 23\u00a0h. Demande des rondes.",
        5,
        "11:25",
        (
            prend("stephane.garnier", 1, "09:30"),
            note("stephane.garnier", 1, "09:40", "Rondes ajoutées vendredi et samedi."),
        ),
    ),
)
