"""Law is data: each legal value has a default, the text that founds it, and the date we read that text.

Floors declare their own values in `AppConfig.ready()`; a collectivité may change one, with its reason.
"""

from dataclasses import dataclass
from datetime import date

from collectivites.models import ReglageLegal
from socle.registre import Registre


@dataclass(frozen=True)
class ReglageDeclare:
    """One legal value: a whole number of `unite` between `mini` and `maxi`."""

    clef: str
    libelle: str
    unite: str
    defaut: int
    mini: int
    maxi: int
    base: str
    lu_on: str  # ISO date

    @property
    def jour_lu(self) -> date:
        """The day the text was read, for screens."""
        return date.fromisoformat(self.lu_on)


declares: Registre[ReglageDeclare] = Registre()


def get_reglage(clef: str) -> int:
    """Return the value in force in the active collectivité. Raises KeyError for a value nobody declared."""
    return get_reglages(clef)[clef]


def get_reglages(*clefs: str) -> dict[str, int]:
    """Return several values in force (one query). Raises KeyError for a value nobody declared."""
    known = {clef: declares.get(clef) for clef in clefs}
    changed = dict(ReglageLegal.objects.filter(clef__in=clefs).values_list("clef", "valeur"))
    found: dict[str, int] = {}
    for clef, declare in known.items():
        if declare is None:
            raise KeyError(clef)
        found[clef] = changed.get(clef, declare.defaut)
    return found
