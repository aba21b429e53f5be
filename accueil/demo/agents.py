"""The agents of the demonstration, and where each works. One password for all: it is printed on the terminal."""

from dataclasses import dataclass

from collectivites.permissions import Role

MOT_DE_PASSE = "guichet-demo-2026"


@dataclass(frozen=True)
class Poste:
    """What an agent is in one collectivité."""

    ville: str
    roles: tuple[str, ...]
    services: tuple[str, ...] = ()


@dataclass(frozen=True)
class AgentDemo:
    """An agent; `clef` is the short name that stories use."""

    clef: str
    prenom: str
    nom: str
    email: str
    telephone: str
    postes: tuple[Poste, ...]


def _one(clef: str, prenom: str, nom: str, numero: int, *postes: Poste) -> AgentDemo:
    email = f"{clef}@{postes[0].ville}.exemple.fr"
    return AgentDemo(clef, prenom, nom, email, f"+3319900{numero:04d}", postes)


A, V, G = "aurelle", "valmont", "aurelle-agglo"
ACCUEIL, INSTRUCTEUR = (Role.ACCUEIL,), (Role.INSTRUCTEUR,)

AGENTS = (
    _one("claire.morvan", "Claire", "Morvan", 101, Poste(A, ACCUEIL)),
    _one("thomas.ferrand", "Thomas", "Ferrand", 103, Poste(A, ACCUEIL)),
    _one("yann.legoff", "Yann", "Le Goff", 123, Poste(A, INSTRUCTEUR, ("Éclairage public",))),
    _one("julien.marchand", "Julien", "Marchand", 124, Poste(A, INSTRUCTEUR, ("Voirie et propreté", "Espaces verts"))),
    _one(
        "nadia.cherif",
        "Nadia",
        "Cherif",
        111,
        Poste(A, INSTRUCTEUR, ("État civil et citoyenneté", "Régie et stationnement")),
    ),
    _one(
        "sophie.delaunay",
        "Sophie",
        "Delaunay",
        142,
        Poste(
            A, INSTRUCTEUR, ("Éducation et périscolaire", "Petite enfance", "Sports et vie associative", "Médiathèque")
        ),
    ),
    _one("helene.roussel", "Hélène", "Roussel", 181, Poste(A, INSTRUCTEUR, ("CCAS",))),
    _one("marc.vidal", "Marc", "Vidal", 182, Poste(A, INSTRUCTEUR, ("CCAS",))),
    _one("stephane.garnier", "Stéphane", "Garnier", 161, Poste(A, INSTRUCTEUR, ("Police municipale",))),
    _one(
        "olivier.brunet",
        "Olivier",
        "Brunet",
        131,
        Poste(A, INSTRUCTEUR, ("Urbanisme",)),
        Poste(G, INSTRUCTEUR, ("Habitat",)),
    ),
    _one(
        "ines.carpentier", "Inès", "Carpentier", 104, Poste(A, (Role.SUPERVISEUR,), ("Accueil et relations usagers",))
    ),
    _one("paul.nguyen", "Paul", "Nguyen", 105, Poste(A, (Role.ADMINISTRATEUR,))),
    _one(
        "martine.lebrun",
        "Martine",
        "Lebrun",
        204,
        Poste(V, (Role.ACCUEIL, Role.SUPERVISEUR, Role.ADMINISTRATEUR), ("Secrétariat de mairie", "CCAS")),
    ),
    _one("denis.roche", "Denis", "Roche", 205, Poste(V, INSTRUCTEUR, ("Services techniques", "École et cantine"))),
    _one("camille.fabre", "Camille", "Fabre", 301, Poste(G, (Role.ACCUEIL, Role.SUPERVISEUR))),
    _one(
        "karine.petit",
        "Karine",
        "Petit",
        312,
        Poste(G, INSTRUCTEUR, ("Déchets et déchèteries", "Eau et assainissement")),
    ),
)
