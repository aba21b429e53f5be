"""The people, associations and companies of the demonstration: some with a story, many just passing."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from citoyens.contacts import Contact
from citoyens.models import PointContact, Usager
from socle.texte import normalise

N = PointContact.Nature
PERSONNE, ASSOCIATION, ENTREPRISE = Usager.Nature.PERSONNE, Usager.Nature.ASSOCIATION, Usager.Nature.ENTREPRISE


@dataclass(frozen=True)
class NoteDemo:
    """A note: who wrote it, and how many days from today it lives."""

    agent: str
    texte: str
    jours: int
    is_alerte: bool = True
    domaine: str = "general"


@dataclass(frozen=True)
class UsagerDemo:
    """An usager; `clef` is the short name that stories use. Contacts are in order of preference."""

    clef: str
    nature: str
    nom: str
    prenoms: str = ""
    civilite: str = ""
    nom_naissance: str = ""
    naissance_on: date | None = None
    siret: str = ""
    rna: str = ""
    contacts: tuple[Contact, ...] = ()
    verifie_par: str = ""
    notes: tuple[NoteDemo, ...] = ()


def mail(text: str) -> Contact:
    return Contact(N.COURRIEL, f"{text}@exemple.fr")


def mobile(number: str) -> Contact:
    return Contact(N.MOBILE, f"06 39 98 {number}")


def fixe(number: str) -> Contact:
    return Contact(N.FIXE, f"01 99 00 {number}")


def adresse(text: str) -> Contact:
    return Contact(N.ADRESSE, text)


def elle(
    clef: str, prenoms: str, nom: str, naissance: date | None = None, *contacts: Contact, **rest: object
) -> UsagerDemo:
    return UsagerDemo(clef, PERSONNE, nom, prenoms, "mme", naissance_on=naissance, contacts=contacts, **rest)  # type: ignore[arg-type]


def lui(
    clef: str, prenoms: str, nom: str, naissance: date | None = None, *contacts: Contact, **rest: object
) -> UsagerDemo:
    return UsagerDemo(clef, PERSONNE, nom, prenoms, "m", naissance_on=naissance, contacts=contacts, **rest)  # type: ignore[arg-type]


PASSANTS = {"aurelle": 72, "valmont": 12, "aurelle-agglo": 9}

_ELLES = (
    "Camille",
    "Manon",
    "Chloé",
    "Aïcha",
    "Solène",
    "Brigitte",
    "Monique",
    "Nathalie",
    "Zoé",
    "Inès",
    "Rozenn",
    "Gwenaëlle",
    "Catherine",
    "Amandine",
    "Mathilde",
    "Simone",
    "Khadija",
    "Morgane",
    "Françoise",
    "Justine",
)
_EUX = (
    "Lucas",
    "Hugo",
    "Mohamed",
    "Ronan",
    "Loïc",
    "Michel",
    "Jean-Pierre",
    "Gaël",
    "Youssef",
    "Baptiste",
    "Philippe",
    "Mathieu",
    "Tanguy",
    "Robert",
    "Adrien",
    "Ibrahim",
    "Alain",
    "Nolan",
    "Pascal",
    "Vincent",
)
_NOMS = (
    "Abgrall",
    "Bernard",
    "Cadiou",
    "Duval",
    "Evenou",
    "Fontaine",
    "Guillou",
    "Hamon",
    "Jaouen",
    "Kervella",
    "Laurent",
    "Madec",
    "Nedelec",
    "Olivier",
    "Perrot",
    "Quéré",
    "Riou",
    "Salaün",
    "Thomas",
    "Urvoas",
    "Vasseur",
    "Yaker",
    "Zitouni",
    "Lambert",
    "Rousseau",
    "Traoré",
    "Benali",
    "Ferreira",
    "Kowalski",
    "Martin-Lopez",
)


def draw_passants(slug: str, rues: tuple[str, ...], ville: str, rang: int) -> Iterator[UsagerDemo]:
    """Yield the passers-by of a town, always the same. `rang` keeps the phone numbers of two towns apart."""
    chance = random.Random(f"guichet-{slug}")  # noqa: S311 a believable town, not a secret
    for index in range(PASSANTS[slug]):
        is_woman = chance.random() < 0.55
        prenom = chance.choice(_ELLES if is_woman else _EUX)
        nom = _NOMS[(index * 7 + rang) % len(_NOMS)]
        number = rang * 1000 + 500 + index
        contacts = [mobile(f"{number // 100:02d} {number % 100:02d}")]
        if chance.random() < 0.7:
            contacts.append(mail(f"{_plain(prenom)}.{_plain(nom)}{index}"))
        if chance.random() < 0.6:
            contacts.append(adresse(f"{chance.randint(1, 60)} {chance.choice(rues)}, {ville}"))
        if chance.random() < 0.25:
            contacts.reverse()
        born = date(chance.randint(1938, 2007), chance.randint(1, 12), chance.randint(1, 28))
        yield UsagerDemo(
            f"{slug}-{index}",
            PERSONNE,
            nom,
            prenom,
            "mme" if is_woman else "m",
            naissance_on=born if chance.random() < 0.8 else None,
            contacts=tuple(contacts),
            verifie_par="accueil" if chance.random() < 0.2 else "",
        )


def _plain(text: str) -> str:
    return "".join(c for c in normalise(text) if c.isalpha())
