"""What seals a demande is the present: it was qualified, or its service is sealed since. What hangs on it follows.

The domain is copied on the row (reads compare one column) and on the timeline. Opening a service opens none of its
demandes: what was written under the seal stays there, and leaves it one by one, by a qualification.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from django.db.models import F, Q

from citoyens.actions import move_all_interactions
from collectivites.acteur import Acteur
from collectivites.domaines import RESERVES
from collectivites.models import Service
from demandes.models import Demande
from journal.actions import record
from socle.registre import Registre

# (ids of demandes, the domain they have just taken, who decided, instant), in the same transaction: what upper floors
# hang on them follows. Filled in `AppConfig.ready()`.
Scelle = Callable[[Sequence[int], str, Acteur, datetime], None]
scelles: Registre[Scelle] = Registre()
LOT = 1000


def move_domaine(ids: Collection[int], domaine: str, *, by: Acteur, at: datetime) -> None:
    """Put under the domain these demandes have just taken their timeline, what was merged into them, what hangs on."""
    moved = [*ids, *(_seal_merged(ids, domaine) if domaine in RESERVES else ())]
    move_all_interactions(objet_type="demande", objet_ids=moved, domaine=domaine)
    for follow in scelles:
        follow(moved, domaine, by, at)


def _seal_merged(ids: Collection[int], domaine: str) -> list[int]:
    """What was merged into them said the same thing: it goes behind the same seal, down the whole chain."""
    above, found = list(ids), list[int]()
    while above:
        rows = Demande.objects.filter(fusionnee_dans__in=above)
        above = list(rows.values_list("pk", flat=True))
        found += above
        rows.exclude(domaine=domaine).update(domaine=domaine, version=F("version") + 1)
    return found


def follow_service(service: Service, avant: str, by: Acteur, at: datetime) -> None:
    """A service changed domain: see `collectivites.scelles`. A type that is sealed itself keeps its own domain."""
    rows = Demande.objects.filter(service=service)
    if service.domaine in RESERVES:
        rows = rows.filter(~Q(domaine__in=RESERVES) | Q(domaine=avant) & ~Q(type__domaine=avant))
    elif avant in RESERVES:
        return
    else:
        rows = rows.filter(type=None, domaine=avant)
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(ids), LOT):
        batch = ids[first : first + LOT]
        Demande.objects.filter(pk__in=batch).update(domaine=service.domaine, version=F("version") + 1)
        move_domaine(batch, service.domaine, by=by, at=at)
    if ids:
        record(
            verbe="demande.domaine", objet_type="service", objet_id=service.pk, libelle=service.nom, by=by, at=at,
            nombre=len(ids), domaine=service.domaine,
        )  # fmt: skip
