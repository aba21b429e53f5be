"""The figures of the tabs, in one query."""

from datetime import datetime
from typing import Any

from collectivites.acces import Acces
from collectivites.models import Collectivite
from demandes.listes.filtres import VUES, of_vue
from socle.comptage import count_up_to

PLAFOND = 100  # tabs say « 99+ » beyond: counting every row of a big town would cost more than it tells


def count_vues(acces: Acces, *, at: datetime) -> dict[str, int]:
    """Return the number of demandes of each view, at most PLAFOND each, in one query."""
    counts = {
        f"n_{vue}": count_up_to(of_vue(vue, acces, at=at), PLAFOND)
        for vue in VUES
        if vue not in {"toutes", "closes"} and (vue != "service" or acces.services)  # no service: nothing to count
    }
    row: Any = Collectivite.objects.filter(pk=acces.collectivite.pk).values(**counts).get()
    return {name.removeprefix("n_"): number for name, number in row.items()}


def show_count(number: int) -> str:
    """Write « 12 » or « 99+ »."""
    return f"{PLAFOND - 1}+" if number >= PLAFOND else str(number)
