"""Stories of demandes, written one by one: who asked what, and what happened next.

`jours` counts back from today; in the steps, `jour` counts working days after the opening.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pas:
    """One thing that happened after the opening. `genre` ∈ prend, note, repond, relance, attend, traite, clot."""

    genre: str
    jour: int
    heure: str
    agent: str = ""
    texte: str = ""
    canal: str = ""
    valeur: str = ""  # attend: usager or tiers; clot: the issue


@dataclass(frozen=True)
class Recit:
    """A demande and its life; `usager` is the key of a character, empty for nobody known."""

    usager: str
    type: str
    canal: str
    objet: str
    texte: str
    jours: int
    heure: str
    pas: tuple[Pas, ...] = ()


def prend(agent: str, jour: int, heure: str) -> Pas:
    """An agent takes the demande."""
    return Pas("prend", jour, heure, agent)


def note(agent: str, jour: int, heure: str, texte: str) -> Pas:
    """An internal note."""
    return Pas("note", jour, heure, agent, texte)


def repond(agent: str, jour: int, heure: str, texte: str, canal: str = "") -> Pas:
    """An answer to the usager, by the channel they prefer unless another is named."""
    return Pas("repond", jour, heure, agent, texte, canal)


def relance(jour: int, heure: str, texte: str, canal: str = "courriel") -> Pas:
    """The usager writes or calls again."""
    return Pas("relance", jour, heure, "", texte, canal)


def attend(agent: str, jour: int, heure: str, qui: str) -> Pas:
    """The demande waits for the usager or for a third party."""
    return Pas("attend", jour, heure, agent, valeur=qui)


def traite(agent: str, jour: int, heure: str) -> Pas:
    """The work is done, the demande is not closed yet."""
    return Pas("traite", jour, heure, agent)


def clot(agent: str, jour: int, heure: str, issue: str = "satisfaite") -> Pas:
    """The demande is closed."""
    return Pas("clot", jour, heure, agent, valeur=issue)
