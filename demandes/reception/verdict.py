"""What a message turned out to be."""

from collections.abc import Callable
from dataclasses import dataclass

from demandes.models import Entree


@dataclass(frozen=True)
class Verdict:
    """`motif` says why in French, for the screen; `etat` is where the entry goes."""

    issue: str
    motif: str = ""
    demande_id: int | None = None
    usager_id: int | None = None
    etat: str = Entree.Etat.TRAITEE


def set_aside(motif: str, issue: str = Entree.Issue.QUARANTAINE) -> Verdict:
    """Keep the message for a human, with the reason."""
    return Verdict(issue, motif, etat=Entree.Etat.QUARANTAINE)


@dataclass(frozen=True)
class Lecture:
    """An entry understood outside any transaction: who wrote, about what, and the one effect to have inside one."""

    expediteur: str
    objet: str
    sort: Callable[[], Verdict]
