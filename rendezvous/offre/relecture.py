"""What a booking reads again once it holds the lock of the resource: is this time still offered?

Whoever changes the offer of a resource holds the same lock (`rendezvous.verrous`), so the answer stands until the
booking commits. A booking that came first is seen by the change, and listed among the orphans.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection

from collectivites.models import Lieu
from rendezvous.heures import get_day
from rendezvous.models import Indisponibilite, PlageOuverture, Ressource
from rendezvous.verrous import lock_ressources

# By the lieu and its local day, a short list whatever PostgreSQL has counted: no block runs over midnight.
_IS_OFFERED = """
SELECT EXISTS (
    SELECT FROM rendezvous_occurrenceplage o
      JOIN rendezvous_plageouverture p ON p.id = o.plage_id AND p.is_active
      JOIN rendezvous_plagemotif pm ON pm.plage_id = o.plage_id AND pm.motif_id = %(motif)s
     WHERE o.lieu_id = %(lieu)s AND o.jour = %(jour)s AND o.ressource_id = %(ressource)s AND o.capacite >= %(place)s
       AND o.debut_at <= %(debut)s AND o.fin_at >= %(fin)s)
   AND NOT EXISTS (
    SELECT FROM rendezvous_occurrenceindisponible i
     WHERE (i.ressource_id = %(ressource)s OR i.ressource_id IS NULL AND COALESCE(i.lieu_id, %(lieu)s) = %(lieu)s)
       AND i.debut_at < %(fin)s AND i.fin_at > %(debut)s)
"""


def is_offered(
    *, ressource_id: int, lieu: Lieu, motif_id: int, place: int, debut_at: datetime, fin_at: datetime
) -> bool:
    """True when one occurrence holds [debut_at, fin_at[ for this motif and place, and it is not blocked (one query).

    False is a doubt: two ranges that touch may hold it together. Then search again (`find_places`), still under the
    lock. Public holidays, closures and leave are not read here: nothing that changes them takes the lock.
    """
    asked: dict[str, Any] = {
        "ressource": ressource_id, "lieu": lieu.pk, "jour": get_day(debut_at, lieu.fuseau), "motif": motif_id,
        "place": place, "debut": debut_at, "fin": fin_at,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_IS_OFFERED, asked)
        return bool(cursor.fetchone()[0])


def lock_offre(ressources: Collection[int]) -> None:
    """Take the lock of these resources, before any row of their offer: bookings under way end first."""
    lock_ressources(ressources)


def lock_plages(plage: PlageOuverture) -> None:
    """Take the lock of who receives in a range, as it stands and as it will be."""
    standing = PlageOuverture.objects.filter(pk=plage.pk or 0).values_list("ressource_id", flat=True)
    lock_offre({plage.ressource_id, *standing})


def lock_touchees(rule: Indisponibilite) -> None:
    """Take the lock of everybody whose time an unavailability takes: one, those who receive at a lieu, or all."""
    standing = Indisponibilite.objects.filter(pk=rule.pk or 0).select_related("ressource", "lieu").first()
    found: set[int] = set()
    for each in (rule, standing):
        if each is not None:
            found |= _list_touchees(each)
    lock_offre(found)


def _list_touchees(rule: Indisponibilite) -> set[int]:
    if rule.ressource_id is not None:
        return {rule.ressource_id}
    rows = Ressource.objects.filter(is_active=True)
    if rule.lieu_id is not None:
        rows = rows.filter(plages__lieu_id=rule.lieu_id, plages__is_active=True)
    return set(rows.values_list("pk", flat=True))
