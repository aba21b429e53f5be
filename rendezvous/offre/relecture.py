"""What a booking reads again once it holds the lock of the resource: is this time still offered?

Whoever changes the offer of a resource holds the same lock (`rendezvous.verrous`), so the answer stands until the
booking commits. A booking that came first is seen by the change, and listed among the orphans.
"""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from rendezvous.models import Indisponibilite, OccurrenceIndisponible, OccurrencePlage, PlageOuverture, Ressource
from rendezvous.verrous import lock_ressources


def is_offered(
    *, ressource_id: int, lieu_id: int, motif_id: int, place: int, debut_at: datetime, fin_at: datetime
) -> bool:
    """True when one occurrence holds [debut_at, fin_at[ for this motif and place, and it is not blocked (one query).

    False is a doubt: two ranges that touch may hold it together. Then search again (`find_places`), still under the
    lock. Public holidays, closures and leave are not read here: nothing that changes them takes the lock.
    """
    taken = OccurrenceIndisponible.objects.filter(
        Q(ressource_id=ressource_id) | Q(ressource=None, lieu_id=lieu_id) | Q(ressource=None, lieu=None),
        collectivite_id=OuterRef("collectivite_id"), debut_at__lt=fin_at, fin_at__gt=debut_at,
    )  # fmt: skip
    held = OccurrencePlage.objects.filter(
        ~Exists(taken), ressource_id=ressource_id, lieu_id=lieu_id, debut_at__lte=debut_at, fin_at__gte=fin_at,
        capacite__gte=place, plage__is_active=True, plage__liens_motifs__motif_id=motif_id,
    )  # fmt: skip
    return held.exists()


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
