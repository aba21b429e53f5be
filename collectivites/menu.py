"""The entries of « Réglages »: each floor adds its own screens in `AppConfig.ready()`."""

from dataclasses import dataclass

from socle.registre import Registre


@dataclass(frozen=True)
class EntreeReglage:
    """A settings screen: `route` is reversed with the slug of the collectivité."""

    libelle: str
    aide: str
    icone: str
    route: str


entrees: Registre[EntreeReglage] = Registre()
entrees.add(
    "collectivite",
    EntreeReglage("Collectivité", "Nom, coordonnées, couleur, jours fériés", "building", "collectivites:identite"),
    rang=10,
)
entrees.add(
    "services",
    EntreeReglage("Services", "Qui répond aux demandes, dans quel domaine", "house", "collectivites:services"),
    rang=20,
)
entrees.add(
    "agents",
    EntreeReglage("Agents", "Comptes, rôles et services de chacun", "people", "collectivites:agents"),
    rang=30,
)
entrees.add(
    "lieux",
    EntreeReglage("Lieux et horaires", "Où l'on reçoit, quand c'est ouvert ou fermé", "clock", "collectivites:lieux"),
    rang=40,
)
entrees.add(
    "clefs",
    EntreeReglage("Clefs d'API", "Ce qu'un autre logiciel peut lire ou déposer", "link-45deg", "collectivites:clefs"),
    rang=80,
)
entrees.add(
    "legaux",
    EntreeReglage(
        "Réglages légaux", "Délais et durées, avec le texte qui les fonde", "journal-text", "collectivites:legaux"
    ),
    rang=90,
)
