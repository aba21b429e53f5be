"""Checking pre-application numbers while the person waits: a prologue, before the transaction of the page.

Bad form: refused by the form, no call. Known elsewhere: a warning one may ignore. No answer: refused, not guessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rendezvous.ants.coordination import CoordinationEnPanne, is_branchee, read_statuts
from rendezvous.ants.numeros import EN_PANNE, Avis, normalise_numero


@dataclass(frozen=True)
class Verification:
    """What the coordination said: `avis` by number; `panne`: it could not be asked."""

    avis: dict[str, Avis] = field(default_factory=dict)
    panne: str = ""

    def find_refus(self, typed: str) -> str:
        """Return why this number is refused; empty when it is good, or when nothing was asked."""
        numero = normalise_numero(typed)
        if not numero:
            return ""
        if self.panne:
            return self.panne
        return self.avis[numero].refus if numero in self.avis else ""

    def list_mises_en_garde(self) -> list[str]:
        """Return the warnings that the person may ignore."""
        return [avis.mise_en_garde for avis in self.avis.values() if avis.mise_en_garde]


def verify(typed: Sequence[str], *, lieu_id: int | None) -> Verification:
    """Ask the coordination about the numbers that have the right form. Never raises; nothing asked when not linked."""
    numeros = list(dict.fromkeys(filter(None, map(normalise_numero, typed))))
    if not numeros or lieu_id is None or not is_branchee():
        return Verification()
    try:
        return Verification({avis.numero: avis for avis in read_statuts(numeros, lieu=str(lieu_id))})
    except CoordinationEnPanne:
        return Verification(panne=EN_PANNE)
