"""The three collectivités of the demonstration: their services, places, hours and mailboxes."""

from dataclasses import dataclass, field

from collectivites.domaines import Domaine
from collectivites.models import Collectivite


@dataclass(frozen=True)
class ServiceDemo:
    """A service; its address is `<courriel>@<slug of the town>.exemple.fr`, and a mailbox when `has_boite`."""

    nom: str
    domaine: str
    courriel: str
    telephone: str
    has_boite: bool = False


@dataclass(frozen=True)
class LieuDemo:
    """A place; `horaires` maps days of the week (0 = Monday) to opening ranges, « 08:30-12:00 13:30-17:30 »."""

    nom: str
    adresse: str
    telephone: str
    horaires: dict[int, str]


@dataclass(frozen=True)
class VilleDemo:
    """A collectivité and all that does not move in it; `fermetures`: (days from today, length in days, motif)."""

    slug: str
    nom: str
    nature: str
    code_insee: str
    adresse: str
    code_postal: str
    ville: str
    telephone: str
    accent: str
    courriel: str
    services: tuple[ServiceDemo, ...]
    lieux: tuple[LieuDemo, ...]
    fermetures: tuple[tuple[int, int, str], ...] = ()
    epci: str = ""
    rues: tuple[str, ...] = field(default=())


_MATIN_ET_SOIR = "08:30-12:00 13:30-17:30"
_MAIRIE = dict.fromkeys((0, 1, 2, 4), _MATIN_ET_SOIR) | {3: "08:30-12:00 13:30-19:00", 5: "09:00-12:00"}

AURELLE = VilleDemo(
    slug="aurelle",
    nom="Ville d'Aurelle",
    nature=Collectivite.Nature.COMMUNE,
    code_insee="29999",
    adresse="1 place de la Fontaine",
    code_postal="29000",
    ville="Aurelle",
    telephone="+33199000100",
    accent="#0b5563",
    courriel="contact@aurelle.exemple.fr",
    epci="aurelle-agglo",
    services=(
        ServiceDemo("Accueil et relations usagers", Domaine.GENERAL, "contact", "+33199000100", has_boite=True),
        ServiceDemo("État civil et citoyenneté", Domaine.ETAT_CIVIL, "etatcivil", "+33199000110", has_boite=True),
        ServiceDemo("Éclairage public", Domaine.CADRE_DE_VIE, "eclairage", "+33199000120", has_boite=True),
        ServiceDemo("Voirie et propreté", Domaine.CADRE_DE_VIE, "voirie", "+33199000121", has_boite=True),
        ServiceDemo("Espaces verts", Domaine.CADRE_DE_VIE, "espacesverts", "+33199000122"),
        ServiceDemo("Urbanisme", Domaine.URBANISME, "urbanisme", "+33199000130", has_boite=True),
        ServiceDemo("Éducation et périscolaire", Domaine.ENFANCE, "education", "+33199000140", has_boite=True),
        ServiceDemo("Petite enfance", Domaine.ENFANCE, "petiteenfance", "+33199000141"),
        ServiceDemo("Sports et vie associative", Domaine.CULTURE_SPORT, "associations", "+33199000150"),
        ServiceDemo("Médiathèque", Domaine.CULTURE_SPORT, "mediatheque", "+33199000151"),
        ServiceDemo("Police municipale", Domaine.SECURITE, "police", "+33199000160"),
        ServiceDemo("Régie et stationnement", Domaine.FINANCES, "regie", "+33199000170"),
        ServiceDemo("CCAS", Domaine.SOCIAL, "ccas", "+33199000180", has_boite=True),
    ),
    lieux=(
        LieuDemo("Hôtel de ville", "1 place de la Fontaine", "+33199000100", _MAIRIE),
        LieuDemo(
            "Mairie annexe des Tilleuls",
            "14 avenue des Tilleuls",
            "+33199000102",
            {1: "09:00-12:00 14:00-17:00", 3: "09:00-12:00 14:00-18:30", 4: "09:00-12:00"},
        ),
        LieuDemo(
            "CCAS", "6 rue des Lavandières", "+33199000180", dict.fromkeys((0, 1, 3, 4), "09:00-12:00 13:30-16:30")
        ),
        LieuDemo(
            "Médiathèque Colette-Aubry",
            "3 quai du Moulin",
            "+33199000151",
            {1: "14:00-18:30", 2: "10:00-18:30", 4: "14:00-18:30", 5: "10:00-12:30 14:00-18:00"},
        ),
    ),
    fermetures=((24, 1, "Pont"), (38, 3, "Inventaire annuel")),
    rues=(
        "rue des Tanneurs",
        "rue du Moulin",
        "avenue des Tilleuls",
        "rue des Lavandières",
        "place de la Fontaine",
        "rue du Four-Banal",
        "boulevard des Ormes",
        "rue de la Petite-Gare",
        "quai du Moulin",
        "allée des Acacias",
        "rue du Puits-Neuf",
        "impasse du Colombier",
        "chemin des Vignes",
        "rue Traversière",
    ),
)

VALMONT = VilleDemo(
    slug="valmont",
    nom="Mairie de Valmont",
    nature=Collectivite.Nature.COMMUNE,
    code_insee="29998",
    adresse="2 place de l'Église",
    code_postal="29010",
    ville="Valmont",
    telephone="+33199000200",
    accent="#2f5d2a",
    courriel="mairie@valmont.exemple.fr",
    epci="aurelle-agglo",
    services=(
        ServiceDemo("Secrétariat de mairie", Domaine.GENERAL, "mairie", "+33199000200", has_boite=True),
        ServiceDemo("Services techniques", Domaine.CADRE_DE_VIE, "technique", "+33199000201", has_boite=True),
        ServiceDemo("École et cantine", Domaine.ENFANCE, "ecole", "+33199000202"),
        ServiceDemo("CCAS", Domaine.SOCIAL, "ccas", "+33199000203"),
    ),
    lieux=(
        LieuDemo(
            "Mairie",
            "2 place de l'Église",
            "+33199000200",
            {0: "09:00-12:00", 1: "09:00-12:00 14:00-17:00", 3: "09:00-12:00 14:00-18:30", 4: "09:00-12:00"},
        ),
    ),
    fermetures=((31, 4, "Congés du secrétariat"),),
    rues=("rue de l'Église", "route d'Aurelle", "chemin du Lavoir", "rue des Écoles", "hameau de Kerlann"),
)

AGGLO = VilleDemo(
    slug="aurelle-agglo",
    nom="Aurelle Agglo",
    nature=Collectivite.Nature.EPCI,
    code_insee="",
    adresse="20 boulevard des Ormes",
    code_postal="29000",
    ville="Aurelle",
    telephone="+33199000300",
    accent="#5b2a86",
    courriel="contact@aurelle-agglo.exemple.fr",
    services=(
        ServiceDemo("Accueil de l'agglomération", Domaine.GENERAL, "contact", "+33199000300", has_boite=True),
        ServiceDemo("Déchets et déchèteries", Domaine.CADRE_DE_VIE, "dechets", "+33199000310", has_boite=True),
        ServiceDemo("Eau et assainissement", Domaine.CADRE_DE_VIE, "eau", "+33199000320"),
        ServiceDemo("Habitat", Domaine.URBANISME, "habitat", "+33199000330"),
    ),
    lieux=(
        LieuDemo(
            "Maison de l'agglomération",
            "20 boulevard des Ormes",
            "+33199000300",
            dict.fromkeys((0, 1, 2, 3), "08:30-12:30 13:30-17:30") | {4: "08:30-12:30 13:30-16:30"},
        ),
        LieuDemo(
            "Déchèterie des Roches",
            "zone des Roches",
            "+33199000311",
            dict.fromkeys((0, 1, 2, 3, 4, 5), "09:00-12:00 14:00-18:00"),
        ),
    ),
    rues=("boulevard des Ormes", "rue des Tanneurs", "route d'Aurelle", "rue des Écoles"),
)

VILLES = (AGGLO, AURELLE, VALMONT)  # the EPCI first: the communes point to it
