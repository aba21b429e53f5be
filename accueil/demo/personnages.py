"""The characters of the demonstration: those who have a story."""

from datetime import date

from accueil.demo.usagers import (
    ASSOCIATION,
    ENTREPRISE,
    NoteDemo,
    UsagerDemo,
    adresse,
    draw_passants,
    elle,
    fixe,
    lui,
    mail,
    mobile,
)

_TANNEURS = adresse("8 rue des Tanneurs, 29000 Aurelle")
_FAMILLE = mail("famille.benamar")
_LECOURT = mail("lecourt.quimerch")

PERSONNAGES: dict[str, tuple[UsagerDemo, ...]] = {
    "aurelle": (
        elle(
            "samira",
            "Samira Leïla",
            "Ben Amar",
            date(1987, 3, 14),
            mobile("12 34"),
            fixe("06 12"),
            _FAMILLE,
            _TANNEURS,
            nom_naissance="Kaci",
            verifie_par="claire.morvan",
            notes=(NoteDemo("claire.morvan", "Malentendante\u00a0: parler de face, préférer le SMS.", 220),),
        ),
        lui("karim", "Karim", "Ben Amar", date(1984, 11, 2), _FAMILLE, mobile("12 35"), _TANNEURS),
        elle(
            "josette",
            "Josette Marie",
            "Quéméneur",
            date(1941, 7, 22),
            fixe("41 07"),
            adresse("3 impasse du Colombier, 29000 Aurelle"),
            nom_naissance="Le Bihan",
            verifie_par="thomas.ferrand",
            notes=(
                NoteDemo(
                    "thomas.ferrand", "Se déplace avec difficulté\u00a0: proposer l'entrée du quai, sans marche.", 150
                ),
            ),
        ),
        lui(
            "antoine",
            "Antoine",
            "Lecourt",
            date(1979, 5, 9),
            _LECOURT,
            mobile("20 11"),
            adresse("27 rue du Moulin, 29000 Aurelle"),
        ),
        elle(
            "maelle",
            "Maëlle",
            "Quimerch",
            date(1981, 1, 30),
            _LECOURT,
            mobile("20 12"),
            adresse("27 rue du Moulin, 29000 Aurelle"),
        ),
        lui(
            "gerard",
            "Gérard",
            "Penvern",
            date(1958, 9, 17),
            mail("gerard.penvern"),
            mobile("33 40"),
            notes=(NoteDemo("ines.carpentier", "A demandé que ses réclamations reçoivent une réponse écrite.", 90),),
        ),
        elle(
            "fatou",
            "Fatou",
            "Diallo",
            date(1994, 12, 5),
            mobile("45 02"),
            mail("fatou.diallo"),
            adresse("11 allée des Acacias, 29000 Aurelle"),
        ),
        elle("lucie", "Lucie", "Tanguy", date(1999, 4, 3), mail("lucie.tanguy"), mobile("45 19")),
        lui(
            "mehdi", "Mehdi", "Haddad", date(1990, 8, 26), mobile("46 77"), adresse("5 rue Traversière, 29000 Aurelle")
        ),
        elle(
            "odile",
            "Odile",
            "Garrec",
            date(1936, 2, 11),
            fixe("42 18"),
            adresse("Résidence des Ormes, 40 boulevard des Ormes, 29000 Aurelle"),
            notes=(
                NoteDemo(
                    "helene.roussel",
                    "Suivie à domicile. Joindre sa fille Anne avant toute visite.",
                    120,
                    domaine="social",
                ),
            ),
        ),
        elle("anne", "Anne", "Garrec", date(1964, 6, 8), mobile("42 19"), mail("anne.garrec")),
        lui("wei", "Wei", "Chen", date(1986, 10, 19), mail("wei.chen"), mobile("47 60")),
        elle("elodie", "Élodie", "N'Guyen", date(1992, 7, 7), mail("elodie.nguyen"), mobile("48 21")),
        lui("tristan", "Tristan", "Œuvrard", date(2008, 11, 24), mobile("49 05")),
        lui(
            "paulo",
            "Paulo",
            "Da Silva",
            date(1971, 3, 3),
            mobile("50 14"),
            adresse("18 chemin des Vignes, 29000 Aurelle"),
        ),
        elle(
            "beatrice",
            "Béatrice",
            "Sourimant",
            date(1968, 12, 13),
            mail("b.sourimant"),
            adresse("2 rue du Puits-Neuf, 29000 Aurelle"),
        ),
        UsagerDemo(
            "kiosque",
            ASSOCIATION,
            "Les Amis du kiosque",
            rna="W291002345",
            contacts=(mail("amis.kiosque"), mobile("60 01")),
        ),
        UsagerDemo(
            "judo",
            ASSOCIATION,
            "Judo club aurellois",
            rna="W291004567",
            contacts=(mail("judo.aurelle"), fixe("61 02")),
        ),
        UsagerDemo(
            "parents",
            ASSOCIATION,
            "Parents d'élèves de l'école Prévert",
            rna="W291007890",
            contacts=(mail("parents.prevert"),),
        ),
        UsagerDemo(
            "tilleul",
            ENTREPRISE,
            "Café du Tilleul",
            siret="12345678200010",
            contacts=(mail("cafe.tilleul"), fixe("62 03"), adresse("2 place de la Fontaine, 29000 Aurelle")),
        ),
        UsagerDemo(
            "toitures",
            ENTREPRISE,
            "Toitures Le Dantec",
            siret="32165498700015",
            contacts=(mail("toitures.ledantec"), mobile("63 04")),
        ),
        UsagerDemo(
            "syndic",
            ENTREPRISE,
            "Syndic des Ormes",
            siret="98765432100015",
            contacts=(mail("syndic.ormes"), fixe("64 05")),
        ),
    ),
    "valmont": (
        elle(
            "yvette", "Yvette", "Morin", date(1950, 4, 28), fixe("70 11"), adresse("4 rue de l'Église, 29010 Valmont")
        ),
        lui("erwan", "Erwan", "Kerouanton", date(1983, 8, 15), mail("erwan.kerouanton"), mobile("71 12")),
        elle("laura", "Laura", "Bescond", date(1991, 9, 9), mail("laura.bescond"), mobile("71 13")),
        UsagerDemo("chasse", ASSOCIATION, "Société de chasse de Valmont", rna="W292001122", contacts=(fixe("72 14"),)),
    ),
    "aurelle-agglo": (
        elle("samira-agglo", "Samira", "Ben Amar", date(1987, 3, 14), mobile("12 34"), _FAMILLE, _TANNEURS),
        lui("hugo", "Hugo", "Lamour", date(1988, 2, 2), mail("hugo.lamour"), mobile("80 21")),
        UsagerDemo(
            "garage",
            ENTREPRISE,
            "Garage des Roches",
            siret="45678912300019",
            contacts=(mail("garage.roches"), fixe("81 22")),
        ),
    ),
}


def list_usagers(slug: str, rues: tuple[str, ...], ville: str, rang: int) -> list[UsagerDemo]:
    """Return everyone of a town: the characters first."""
    return [*PERSONNAGES[slug], *draw_passants(slug, rues, ville, rang)]
