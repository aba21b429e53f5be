"""The occasions on which Guichet writes to somebody, the variables each one has, and the default French texts.

`{{ variable }}` is replaced and nothing else is ever executed: a collectivité's text is data, not a program.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from messagerie.models import Envoi, ModeleMessage
from socle.registre import Registre

MARQUE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_CONFIRMER = re.compile(r"\bconfirme[rz]?\b[^.]*\b(courrier|papier)\b", re.IGNORECASE)
_BLANCS = re.compile(r"\n{3,}")


class OccasionInconnue(LookupError):
    """No floor declared this occasion, or not on this channel."""


class VariableObligatoire(ValueError):
    """A text leaves out what the law wants in it. The message is a French sentence."""


class TexteInterdit(ValueError):
    """A text asks what the law forbids to ask. The message is a French sentence."""


class VariableInconnue(ValueError):
    """A text uses a variable the occasion does not have. The message is a French sentence that names the nearest."""


class VariableManquante(ValueError):
    """The caller did not give a variable that the occasion declares: a programming error."""


@dataclass(frozen=True)
class Texte:
    """Subject (empty for an SMS) and body, with their marks."""

    corps: str
    objet: str = ""


@dataclass(frozen=True)
class Occasion:
    """`variables` maps a name to (what the agent reads, an example); `textes` maps a channel to its default.

    `obligatoires` maps a channel to the variables a text of the town must keep: legal mentions.
    """

    code: str
    libelle: str
    variables: Mapping[str, tuple[str, str]]
    textes: Mapping[str, Texte]
    explication: str = ""
    obligatoires: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def exemples(self) -> dict[str, str]:
        """Values for a preview."""
        return {name: example for name, (_, example) in self.variables.items()}


occasions: Registre[Occasion] = Registre()


def declare(occasion: Occasion, *, rang: int = 100) -> None:
    """Add an occasion; its default texts are checked at once."""
    for canal, texte in occasion.textes.items():
        check_texte(occasion, texte)
        check_obligatoires(occasion, canal, texte)
    occasions.add(occasion.code, occasion, rang=rang)


def get_occasion(code: str, canal: str) -> Occasion:
    """Return the occasion. Raises OccasionInconnue when it does not exist or does not speak on this channel."""
    occasion = occasions.get(code)
    if occasion is None or canal not in occasion.textes:
        raise OccasionInconnue(f"« {code} » ({canal}) n'est pas une occasion d'écrire.")
    return occasion


def check_texte(occasion: Occasion, texte: Texte) -> None:
    """Refuse a mark that can't be filled. Raises VariableInconnue."""
    for name in MARQUE.findall(texte.objet) + MARQUE.findall(texte.corps):
        if name not in occasion.variables:
            raise VariableInconnue(_explain(name, occasion))
    rest = MARQUE.sub("", texte.objet + texte.corps)
    if "{{" in rest or "}}" in rest or "{%" in rest:
        raise VariableInconnue("Une variable s'écrit entre deux accolades, comme {{ collectivite }}.")


def check_obligatoires(occasion: Occasion, canal: str, texte: Texte) -> None:
    """Refuse a text that drops a mention the law wants, or asks to confirm on paper what was sent electronically
    (CRPA L112-8). Raises VariableObligatoire, TexteInterdit."""
    if _CONFIRMER.search(texte.corps):
        raise TexteInterdit("Un envoi électronique n'a pas à être confirmé par courrier (CRPA L112-8).")
    kept = set(MARQUE.findall(texte.corps))
    lost = [name for name in occasion.obligatoires.get(canal, ()) if name not in kept]
    if lost:
        marks = ", ".join(f"{{{{ {name} }}}}" for name in lost)
        raise VariableObligatoire(f"La loi impose cette mention dans ce texte\u00a0: gardez {marks}.")


def _explain(name: str, occasion: Occasion) -> str:
    near = get_close_matches(name.lower(), occasion.variables, n=1, cutoff=0.5)
    sentence = f"La variable « {name} » n'existe pas ici."
    if near:
        return f"{sentence} Vouliez-vous « {near[0]} »\u00a0?"
    return f"{sentence} Les variables possibles\u00a0: {', '.join(occasion.variables)}."


def find_texte(code: str, canal: str) -> Texte:
    """Return the collectivité's own text, else the default. Raises OccasionInconnue."""
    occasion = get_occasion(code, canal)
    own = ModeleMessage.objects.filter(occasion=code, canal=canal).first()
    return Texte(corps=own.corps, objet=own.objet) if own else occasion.textes[canal]


def render(texte: Texte, variables: Mapping[str, str]) -> Texte:
    """Fill the marks; values are put in as they are, never read again. Raises VariableManquante."""
    body = _BLANCS.sub("\n\n", _fill(texte.corps, variables)).strip()
    return Texte(corps=body, objet=" ".join(_fill(texte.objet, variables).split()))


def _fill(text: str, variables: Mapping[str, str]) -> str:
    def value(mark: re.Match[str]) -> str:
        try:
            return variables[mark[1]]
        except KeyError:
            raise VariableManquante(f"« {mark[1]} » n'a pas été donnée.") from None

    return MARQUE.sub(value, text)


def render_occasion(code: str, canal: str, variables: Mapping[str, str]) -> Texte:
    """Return the text ready to leave. Raises OccasionInconnue, VariableManquante."""
    return render(find_texte(code, canal), variables)


def preview(occasion: Occasion, texte: Texte) -> Texte:
    """Fill with the examples. Raises VariableInconnue."""
    check_texte(occasion, texte)
    return render(texte, occasion.exemples)


COURRIEL, SMS = Envoi.Canal.COURRIEL.value, Envoi.Canal.SMS.value
