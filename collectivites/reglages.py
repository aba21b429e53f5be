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
    declare = declares.get(clef)
    if declare is None:
        raise KeyError(clef)
    changed = ReglageLegal.objects.filter(clef=clef).values_list("valeur", flat=True).first()
    return declare.defaut if changed is None else changed
