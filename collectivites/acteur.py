"""Who acts: an agent, an usager, or the machine. Every action takes one as `by=`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Acteur:
    """`nature` ∈ agent, usager, automate; `libelle` is what the journal shows; ids are None when not applicable."""

    nature: str
    libelle: str
    agent_id: int | None = None
    usager_id: int | None = None


AUTOMATE = Acteur(nature="automate", libelle="Guichet")


def acting_usager(*, usager_id: int, libelle: str = "Usager") -> Acteur:
    """Return the usager as the one who acts (an e-mail received, a form filed)."""
    return Acteur(nature="usager", libelle=libelle, usager_id=usager_id)
