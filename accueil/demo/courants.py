"""Ordinary demandes: the daily bread of a town hall, drawn for passers-by, always the same."""

import random
from collections.abc import Iterator

from accueil.demo.recits import Pas, Recit, attend, clot, prend, relance, repond, traite

NOMBRES = {"aurelle": 36, "valmont": 9, "aurelle-agglo": 6}
ANCIEN = 7  # days: beyond, a town hall has answered most of the time
HEURES = ("08:40", "09:10", "09:55", "10:25", "11:05", "11:45", "14:05", "14:50", "15:35", "16:20", "17:05")

# (type, objet, texte, answer); « {rue} » is a street of the town
_AURELLE = (
    (
        "Signaler un lampadaire éteint",
        "Lampadaire éteint {rue}",
        "Le lampadaire ne s'allume plus depuis trois jours.",
        "L'ampoule a été remplacée ce matin.",
    ),
    (
        "Signaler un nid-de-poule ou un trottoir abîmé",
        "Nid-de-poule {rue}",
        "Un trou s'agrandit au milieu de la chaussée.",
        "Le trou a été rebouché hier.",
    ),
    (
        "Signaler un dépôt sauvage",
        "Dépôt sauvage {rue}",
        "Un canapé et des cartons traînent sur le trottoir.",
        "L'enlèvement a été fait ce matin.",
    ),
    (
        "Demander l'élagage d'un arbre",
        "Arbre à élaguer {rue}",
        "Les branches cachent le feu tricolore.",
        "L'élagage est inscrit au programme de l'hiver.",
    ),
    (
        "Copie d'acte de naissance",
        "Copie d'acte de naissance",
        "J'ai besoin d'une copie pour mon notaire.",
        "La copie vous a été envoyée par courrier.",
    ),
    (
        "Copie d'acte de mariage",
        "Copie d'acte de mariage",
        "Pour un dossier de retraite, mariage célébré à Aurelle.",
        "La copie vous a été envoyée par courrier.",
    ),
    (
        "Passeport",
        "Délai pour un passeport",
        "Quel est le délai pour obtenir un rendez-vous et le titre\u00a0?",
        "Comptez deux semaines pour le rendez-vous et trois pour le titre.",
    ),
    (
        "Carte d'identité",
        "Carte d'identité expirée",
        "Ma carte est expirée depuis un an, est-elle encore valable\u00a0?",
        "Elle l'est si elle a été délivrée entre 2004 et 2013 à une personne majeure.",
    ),
    (
        "Inscription sur les listes électorales",
        "Vérifier mon inscription",
        "Je viens de m'installer, suis-je bien inscrit\u00a0?",
        "Votre inscription est enregistrée.",
    ),
    (
        "Inscription scolaire",
        "Changement d'école",
        "Nous déménageons en janvier, comment changer d'école\u00a0?",
        "Le certificat de radiation et un justificatif de domicile suffisent.",
    ),
    (
        "Cantine et accueil périscolaire",
        "Annuler une semaine de cantine",
        "Mon enfant sera absent la semaine prochaine.",
        "Les repas sont annulés, rien ne sera facturé.",
    ),
    (
        "Stationnement pour un déménagement",
        "Places pour un déménagement {rue}",
        "Camion de 20\u00a0m³, un samedi matin.",
        "L'arrêté est pris, les panneaux seront posés la veille.",
    ),
    (
        "Carte de stationnement résidentiel",
        "Carte de résident",
        "Quels papiers faut-il pour la carte\u00a0?",
        "La carte grise et un justificatif de domicile de moins de trois mois.",
    ),
    (
        "Location de salle",
        "Location d'une salle pour un anniversaire",
        "Une salle pour 40 personnes un samedi soir.",
        "La salle des Tilleuls est libre, le contrat vous attend à l'accueil.",
    ),
    (
        "Inscription à la médiathèque",
        "Carte de médiathèque",
        "L'inscription est-elle gratuite pour les étudiants\u00a0?",
        "Oui, sur présentation de la carte d'étudiant.",
    ),
    (
        "Écrire au maire",
        "Vitesse excessive {rue}",
        "Les voitures roulent trop vite aux heures d'école.",
        "Un radar pédagogique sera posé pendant un mois.",
    ),
    (
        "Déclaration préalable de travaux",
        "Clôture {rue}",
        "Faut-il une autorisation pour une clôture d'un mètre cinquante\u00a0?",
        "Oui, une déclaration préalable. Le formulaire est à l'accueil.",
    ),
)
_VALMONT = (
    (
        "Signaler un problème sur la voie publique",
        "Herbes hautes {rue}",
        "On ne voit plus rien au carrefour.",
        "Le fauchage est fait.",
    ),
    (
        "Copie d'acte de naissance",
        "Copie d'acte de naissance",
        "Pour un dossier de retraite.",
        "La copie est prête en mairie.",
    ),
    (
        "Écrire au maire",
        "Arrêt du car {rue}",
        "Un abri serait utile aux collégiens.",
        "La demande est transmise à l'agglomération.",
    ),
)
_AGGLO = (
    (
        "Bac à ordures",
        "Bac trop petit",
        "Nous sommes cinq maintenant, il faut un bac plus grand.",
        "Le nouveau bac sera livré jeudi.",
    ),
    (
        "Badge de déchèterie",
        "Premier badge",
        "Je viens d'emménager, comment obtenir un badge\u00a0?",
        "Votre badge vous attend à l'accueil.",
    ),
    (
        "Encombrants sur rendez-vous",
        "Enlèvement d'un canapé",
        "Un canapé et un matelas à enlever.",
        "Passage prévu mardi matin, à sortir la veille au soir.",
    ),
)
MODELES = {"aurelle": _AURELLE, "valmont": _VALMONT, "aurelle-agglo": _AGGLO}


def draw_courants(slug: str, rues: tuple[str, ...], usagers: list[str], agent_of: dict[str, str]) -> Iterator[Recit]:
    """Yield the ordinary demandes of a town. `agent_of` gives, by type, the agent who handles it."""
    chance = random.Random(f"guichet-courants-{slug}")  # noqa: S311 a believable town, not a secret
    models = MODELES[slug]
    for index in range(NOMBRES[slug]):
        type_, objet, texte, answer = models[index % len(models)]
        rue = chance.choice(rues)
        jours = chance.choice((0, 1, 1, 2, 2, 3, 4, 5, 6, 8, 9, 11, 14, 17, 22, 28, 36, 45, 60))
        yield Recit(
            chance.choice(usagers),
            type_,
            chance.choices(("courriel", "telephone", "guichet", "courrier"), (5, 3, 3, 1))[0],
            objet.format(rue=rue),
            texte,
            jours,
            chance.choice(HEURES),
            tuple(_draw_suite(chance, agent_of.get(type_, ""), answer, jours=jours)),
        )


def _draw_suite(chance: random.Random, agent: str, answer: str, *, jours: int) -> Iterator[Pas]:
    """Yield what happened next: nothing, work under way, an answer, an end. Old ones have mostly ended."""
    fate = chance.random() + (0.5 if jours > ANCIEN else 0)
    if not agent or fate < 0.18:
        return
    yield prend(agent, 1, chance.choice(HEURES[:5]))
    if fate < 0.32:
        return
    if fate < 0.42:
        yield attend(agent, 2, "11:30", chance.choice(("usager", "tiers")))
        return
    yield repond(agent, 2, "15:10", f"Bonjour,\n\n{answer}\n\nBonne journée.")
    if fate < 0.52:
        yield relance(3, "18:35", "Merci de votre réponse rapide.")
    elif fate < 0.62 and jours <= ANCIEN:
        yield traite(agent, 3, "16:40")
    else:
        yield clot(agent, 3, "16:40")
