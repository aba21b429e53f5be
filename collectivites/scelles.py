"""A service changes domain, so becomes sealed or opens: each floor puts what it holds under the new domain."""

from collections.abc import Callable
from datetime import datetime

from collectivites.acteur import Acteur
from collectivites.models import Service
from socle.registre import Registre

# (the service as it is now, its domain before, who decided, instant), in the same transaction
Scelle = Callable[[Service, str, Acteur, datetime], None]
scelles: Registre[Scelle] = Registre()
