"""A demande takes another domain: what upper floors hang on it follows. Filled in `AppConfig.ready()`."""

from collections.abc import Callable
from datetime import datetime

from collectivites.acteur import Acteur
from demandes.models import Demande
from socle.registre import Registre

Scelle = Callable[[Demande, Acteur, datetime], None]  # in the same transaction
scelles: Registre[Scelle] = Registre()
