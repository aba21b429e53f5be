"""Registries that upper floors fill in `AppConfig.ready()`: the 360° page knows nothing of what it shows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from collectivites.acces import Acces
from socle.registre import Registre


@dataclass(frozen=True)
class EtatVivant:
    """The state, now, of an object of the timeline: a word, a tone, its page, the number people quote.

    Tones: info, alerte, retard, bon, neutre.
    """

    libelle: str
    ton: str
    url: str = ""
    numero: str = ""


# objet_type → one batched query giving the live state of the objects whose ids are asked
LecteurEtats = Callable[[Acces, Sequence[int], Any], dict[int, EtatVivant]]
etats_vivants: Registre[LecteurEtats] = Registre()


@dataclass(frozen=True)
class Panneau:
    """A panel of the 360° page: `template` is rendered with what `load(acces, usager_id, at)` returns."""

    clef: str
    titre: str
    template: str
    load: Callable[[Acces, int, Any], dict[str, Any]]


panneaux: Registre[Panneau] = Registre()


@dataclass(frozen=True)
class Acte:
    """A button of the 360° page that leads to a screen of an upper floor; `url` returns "" when it is not for them."""

    libelle: str
    icone: str
    touche: str
    url: Callable[[Acces, int], str]


actes: Registre[Acte] = Registre()
