"""Background work of appointments."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from collectivites.balayage import list_pairs, list_towns
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite
from rendezvous.absences import actions as absences
from rendezvous.ants import envoi as ants
from rendezvous.attente.balayage import offer_ville
from rendezvous.creneaux import releves
from rendezvous.echanges import tasks as echanges  # noqa: F401 Celery finds them from here
from rendezvous.messages import rappels, reecriture
from rendezvous.offre.projection import extend_town
from rendezvous.offre.ressources import rename_ressources
from rendezvous.reservation.actions import sweep_options as release_options

BALAYAGE = 200  # rows asked for by one sweep
RAPPELS = 1000  # a reminder is due days later: a rush of bookings may take some rounds

ATTENTES = 100_000  # demands looked at to know which towns wait


@shared_task
def extend_offres(**_: Any) -> None:
    """Ask every town to bring its opening ranges up to the horizon, one day farther each night."""
    for pk in Collectivite.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True):
        extend_offre_ville.apply_async((pk,), expires=6 * 3600)


@shared_task
def extend_offre_ville(collectivite_id: int, **_: Any) -> None:
    """Compare the occurrences of one town with their rules, and write the difference. Twice changes nothing."""
    with collectivite_active(collectivite_id):
        extend_town(at=timezone.now())
        rename_ressources()


@shared_task
def rewrite_rappels(collectivite_id: int, ids: list[int], **_: Any) -> None:
    """Write again the reminders that wait, of appointments just sealed or opened. Twice writes the same."""
    for pk in ids:
        with collectivite_active(collectivite_id):
            reecriture.rewrite(pk, at=timezone.now())


@shared_task
def prepare_rappel(collectivite_id: int, rendezvous_id: int, **_: Any) -> None:
    """Write the reminder of what was just booked. Twice writes one."""
    with collectivite_active(collectivite_id):
        rappels.prepare_rappel(rendezvous_id, at=timezone.now())


@shared_task
def sweep_rappels(**_: Any) -> None:
    """Ask for every reminder still to be written: one that fails holds none of the others."""
    for collectivite_id, pk in list_pairs("rendezvous_rappels_a_preparer(%s)", [RAPPELS]):
        prepare_rappel.apply_async((collectivite_id, pk), expires=60)


@shared_task
def take_releves(**_: Any) -> None:
    """Ask every town what it offers the public today."""
    for pk in Collectivite.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True):
        take_releve_ville.apply_async((pk,), expires=6 * 3600)


@shared_task
def take_releve_ville(collectivite_id: int, **_: Any) -> None:
    """Note the wait and the free slots of each motif of one town. Twice a day, the second one stays."""
    with collectivite_active(collectivite_id):
        releves.take_releves(at=timezone.now())


@shared_task
def deliver_ants(collectivite_id: int, echange_id: int, **_: Any) -> None:
    """Make one call to France Titres. Twice at once makes one call."""
    ants.deliver(collectivite_id=collectivite_id, echange_id=echange_id, at=timezone.now())


@shared_task
def sweep_ants(**_: Any) -> None:
    """Ask again for every call to France Titres that is due."""
    for collectivite_id, echange_id in ants.list_due(at=timezone.now(), combien=BALAYAGE):
        deliver_ants.apply_async((collectivite_id, echange_id), expires=60)


@shared_task
def offer_plus_tot(collectivite_id: int, **_: Any) -> None:
    """A place has just come free: tell who waits for an earlier slot. Twice at once tells once."""
    offer_ville(collectivite_id=collectivite_id, at=timezone.now())


@shared_task
def sweep_plus_tot(**_: Any) -> None:
    """Ask for a sweep of each town where somebody waits for a slot, earlier or any; each lieu keeps its own hours."""
    asked = [timezone.now(), ATTENTES]
    sooner = list_towns("rendezvous_plus_tot_en_attente(%s, %s)", asked)
    for pk in sorted({*sooner, *list_towns("rendezvous_attentes_a_suivre(%s, %s)", asked)}):
        offer_plus_tot_ville.apply_async((pk,), expires=600)


@shared_task
def offer_plus_tot_ville(collectivite_id: int, **_: Any) -> None:
    """Tell who waits in one town, between 9 h and 18 h of the lieu."""
    offer_ville(collectivite_id=collectivite_id, at=timezone.now(), is_balayage=True)


@shared_task
def sweep_options(**_: Any) -> None:
    """Release the slots held by who did not confirm in time, town by town."""
    for pk in list_towns("rendezvous_options_expirees(%s, %s)", [timezone.now(), BALAYAGE]):
        sweep_options_ville.apply_async((pk,), expires=60)


@shared_task
def sweep_options_ville(collectivite_id: int, **_: Any) -> None:
    """Release the slots held too long in one town. Twice at once releases each once."""
    with collectivite_active(collectivite_id):
        release_options(at=timezone.now())


@shared_task
def run_lot(collectivite_id: int, lot_id: int, **_: Any) -> None:
    """Move, entrust or cancel the appointments of one batch, or go on with it."""
    absences.run(collectivite_id=collectivite_id, lot_id=lot_id, clock=timezone.now)


@shared_task
def sweep_lots(**_: Any) -> None:
    """Take up again the batches whose worker died, or whose task was lost."""
    for collectivite_id, lot_id in list_pairs("rendezvous_lots_en_cours(%s, %s)", [timezone.now(), BALAYAGE]):
        run_lot.apply_async((collectivite_id, lot_id), expires=30)
