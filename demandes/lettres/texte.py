"""What a letter says: greeting, answer, reasons and appeals when it refuses, farewell. Pure rules."""

import re
from dataclasses import dataclass

from citoyens.models import Usager
from demandes.lettres.destinataire import greet

ALGORITHME = (
    "Cette décision a été prise sur le fondement d'un traitement algorithmique. Vous pouvez nous demander les règles "
    "qui le définissent et les principales caractéristiques de sa mise en œuvre (articles L311-3-1 et R311-3-1-1 du "
    "code des relations entre le public et l'administration)."
)
_SALUT = re.compile(r"(bonjour|madame|monsieur|mesdames|messieurs|chère?)\b", re.IGNORECASE)
_ADIEU = re.compile(r"(salutations|cordialement|considération|respectueusement)", re.IGNORECASE)


class RefusIncomplet(ValueError):
    """An unfavourable decision says its reasons, in law and in fact, and how to appeal (CRPA L211-2, L211-5)."""

    def __init__(self) -> None:
        super().__init__(
            "Un refus dit ses motifs, en droit et en fait, et les voies de recours\u00a0: complétez les deux."
        )


@dataclass(frozen=True)
class Lettre:
    """What an agent may say of a letter beside its text; what is empty is found on the demande."""

    destinataire: str = ""
    adresse: str = ""
    objet: str = ""
    is_refus: bool = False
    motifs: str = ""
    recours: str = ""
    is_algorithme: bool = False


def compose_corps(said: str, lettre: Lettre, usager: Usager | None) -> str:
    """Return the whole text, paragraphs apart by an empty line. Raises RefusIncomplet."""
    motifs, recours = lettre.motifs.strip(), lettre.recours.strip()
    if lettre.is_refus and not (motifs and recours):
        raise RefusIncomplet
    salut, last = greet(usager), said.rstrip().rsplit("\n", 1)[-1]
    closes = bool(_ADIEU.search(last))
    parts = [
        "" if _SALUT.match(said.strip()) else salut,
        said.strip(),
        f"Motifs de la décision\u00a0:\n{motifs}" if lettre.is_refus else "",
        ALGORITHME if lettre.is_algorithme else "",
        f"Voies et délais de recours\u00a0:\n{recours}" if lettre.is_refus else "",
        "" if closes and not lettre.is_refus else _part(salut),
    ]
    return "\n\n".join(part for part in parts if part)


def _part(salut: str) -> str:
    return f"Je vous prie d'agréer, {salut.rstrip(',')}, mes salutations distinguées."
