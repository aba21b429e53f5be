"""An agent leaves the town, or a service: each floor that gave them work takes it back."""

from collections.abc import Callable
from datetime import datetime

from collectivites.acteur import Acteur
from socle.registre import Registre

# (agent id, services they left — None when they left the town, who decided, instant), in the same transaction
Depart = Callable[[int, frozenset[int] | None, Acteur, datetime], None]
departs: Registre[Depart] = Registre()
