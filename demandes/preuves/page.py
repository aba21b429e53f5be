"""The shape of the pack: sections of facts, tables and messages; every instant is written whole."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

TEXTE_MAX = 20_000  # characters of one message printed; the stored original and its SHA-256 hold the rest
COUPE = "\n\n[Texte coupé ici\u00a0: le message entier est dans Guichet.]"


@dataclass(frozen=True)
class Tableau:
    """Rows of words under their headings."""

    titre: str
    colonnes: tuple[str, ...]
    lignes: Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class Bloc:
    """One message, one acknowledgement: a heading, facts, then the text as it was written."""

    titre: str
    faits: list[tuple[str, str]]
    texte: str = ""


@dataclass(frozen=True)
class Section:
    """One part of the pack; `vide` is what is printed when there is nothing."""

    titre: str
    ancre: str
    faits: list[tuple[str, str]] = field(default_factory=list)
    tableaux: list[Tableau] = field(default_factory=list)
    blocs: list[Bloc] = field(default_factory=list)
    vide: str = ""

    @property
    def is_vide(self) -> bool:
        """True when nothing is to be told."""
        return not (self.faits or self.blocs or any(each.lignes for each in self.tableaux))


def write_exact(instant: date | None) -> str:
    """Return « 12/11/2026 16:40:05 » on the active wall clock, « 12/11/2026 » for a day, empty for nothing."""
    if instant is None:
        return ""
    if isinstance(instant, datetime):
        return f"{timezone.localtime(instant):%d/%m/%Y %H:%M:%S}"
    return f"{instant:%d/%m/%Y}"


def shorten(texte: str) -> str:
    """Cut what would fill a hundred pages."""
    return texte if len(texte) <= TEXTE_MAX else texte[:TEXTE_MAX] + COUPE


def keep(faits: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Leave out what is not known."""
    return [(name, value) for name, value in faits if value]
