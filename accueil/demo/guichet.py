"""Contacts answered on the spot during the last weeks: what a counter really does all day."""

import random
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from accueil.actions import Contact, record_contact
from accueil.demo.horloge import Horloge
from accueil.demo.installation import Ville
from citoyens.models import Usager
from collectivites.models import Service
from demandes.models import ContactImmediat, TypeDemande

NOMBRES = {"aurelle": 96, "valmont": 14, "aurelle-agglo": 12}
JOURS = 30
COURANTS = ("Carte d'identité", "Passeport", "Copie d'acte", "Inscription", "Cantine", "Carte de stationnement", "Bac")
ORIENTES = ("État civil", "CCAS", "Urbanisme", "Déchets", "Services techniques")
QUESTIONS = (
    "Horaires de la mairie annexe",
    "Où se trouve le service des écoles\u00a0?",
    "Demande un plan de la ville",
    "Jour de collecte du bac jaune",
    "Objet perdu dans le bus",
    "Horaires de la médiathèque",
    "",
)
HEURES = ("08:42", "09:03", "09:21", "09:48", "10:07", "10:33", "11:12", "11:40", "14:02", "14:25", "15:18", "16:09")
Issue, Canal = ContactImmediat.Issue, ContactImmediat.Canal


def hold_counter(ville: Ville, usagers: dict[str, Usager], *, horloge: Horloge) -> int:
    """Note the contacts of the last weeks, a few each working day, the same ones each time; return how many."""
    slug = ville.demo.slug
    chance = random.Random(f"guichet-contacts-{slug}")  # noqa: S311 a believable town, not a secret
    known = [usager for clef, usager in usagers.items() if clef.startswith(f"{slug}-")]
    for index in range(NOMBRES[slug]):
        jours = 0 if index < NOMBRES[slug] // 12 else chance.randint(1, JOURS)
        at = horloge.ago(jours, chance.choice(HEURES), ouvre=jours > 0) + timedelta(seconds=index)
        record_contact(
            contact=_draw(ville, chance, known),
            clef=uuid5(NAMESPACE_URL, f"guichet:contact:{slug}:{index}"),
            by=ville.acteur(chance.choice(ville.accueil)),
            at=at,
        )
    return NOMBRES[slug]


def _draw(ville: Ville, chance: random.Random, known: list[Usager]) -> Contact:
    canal = Canal.TELEPHONE if chance.random() < 0.4 else Canal.GUICHET
    usager = chance.choice(known) if chance.random() < 0.25 else None
    types, services = list(ville.types.values()), list(ville.services.values())
    type_ = chance.choices(types, _weigh(types, COURANTS))[0] if chance.random() < 0.75 else None
    if chance.random() < 0.3:
        service = chance.choices(services, _weigh(services, ORIENTES))[0]
        return Contact(Issue.ORIENTE, canal, type=None, service=service, usager=usager)
    question = "" if type_ else chance.choice(QUESTIONS)
    return Contact(Issue.REPONDU, canal, type=type_, usager=usager, precision=question)


def _weigh(rows: list[TypeDemande] | list[Service], often: tuple[str, ...]) -> list[int]:
    """Give six chances to what a counter hears all day, one to the rest."""
    return [6 if str(row).startswith(often) else 1 for row in rows]
