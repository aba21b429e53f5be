"""Background work of demandes: reading what came in, collecting mailboxes."""

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone

from collectivites.balayage import list_pairs
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite
from demandes.analyse import scan_piece
from demandes.analyse import sweep_pieces as sweep_unread
from demandes.arrivees.lots import process_lot
from demandes.automates import tasks as automates  # noqa: F401 Celery finds them from here
from demandes.concours import balayage as concours
from demandes.concours.remise import deliver_transfert
from demandes.concours.satisfaction import FENETRE, REPOS
from demandes.delais.reprise import recompute_town
from demandes.lettres import tasks as lettres  # noqa: F401 same
from demandes.models import PieceDeposee
from demandes.preuves import tasks as preuves  # noqa: F401 same
from demandes.rappels import balayage
from demandes.rappels.balayage import group_by_town
from demandes.reception.arrivee import nudge
from demandes.reception.releve import fetch_boite
from demandes.reception.releve import try_boite as try_it
from demandes.reception.releve_sms import fetch_sms as collect_sms
from demandes.reception.traitement import process_entree as process

BALAYAGE = 200  # entries taken up again by one sweep
BALAYAGE_RAPPELS = 20_000  # steps asked for by one sweep
ATTENTE = timedelta(days=2)  # an upload whose form was not sent


@shared_task
def process_entree(collectivite_id: int, entree_id: int, **_: Any) -> None:
    """Read one entry. Running it twice, or twice at once, has one effect."""
    process(collectivite_id=collectivite_id, entree_id=entree_id, at=timezone.now())


@shared_task
def sweep_entrees(**_: Any) -> None:
    """Ask again for every entry whose reading was lost: a nudge that Redis dropped, a worker that died."""
    for collectivite_id, entree_id in list_pairs("demandes_entrees_dues(%s, %s)", [timezone.now(), BALAYAGE]):
        nudge(collectivite_id, entree_id, expires=10)


@shared_task
def fetch_boites(**_: Any) -> None:
    """Ask for the collection of every active IMAP mailbox, each in its own task: a dead server delays no other."""
    for collectivite_id, boite_id in list_pairs("demandes_boites_imap()", []):
        fetch_une_boite.apply_async((collectivite_id, boite_id), expires=60)


@shared_task
def fetch_une_boite(collectivite_id: int, boite_id: int, **_: Any) -> None:
    """Collect one mailbox."""
    fetch_boite(collectivite_id=collectivite_id, boite_id=boite_id, at=timezone.now())


@shared_task
def fetch_sms(**_: Any) -> None:
    """Ask for the collection of the SMS received by every town that has an account, each in its own task."""
    for collectivite_id, _compte in list_pairs("messagerie_comptes_a_relever(%s)", [BALAYAGE]):
        fetch_sms_d_une_ville.apply_async((collectivite_id,), expires=60)


@shared_task
def fetch_sms_d_une_ville(collectivite_id: int, **_: Any) -> None:
    """Collect the SMS of one town."""
    collect_sms(collectivite_id=collectivite_id, at=timezone.now())


@shared_task
def try_boite(collectivite_id: int, boite_id: int, **_: Any) -> None:
    """Try the settings of one mailbox; the screen that asked reads the answer."""
    try_it(collectivite_id=collectivite_id, boite_id=boite_id)


@shared_task
def scan_pieces(collectivite_id: int, ids: list[int], **_: Any) -> None:
    """Have the antivirus read files just written; it stops at the first one when the antivirus is away."""
    for piece_id in ids:
        if not scan_piece(collectivite_id=collectivite_id, piece_id=piece_id, clock=timezone.now):
            return


@shared_task
def sweep_pieces(**_: Any) -> None:
    """Have the antivirus read what still waits, and forget the uploads whose form was never sent."""
    sweep_unread(clock=timezone.now)
    for collectivite_id, depot_id in list_pairs(
        "demandes_depots_perimes(%s, %s)", [timezone.now() - ATTENTE, BALAYAGE]
    ):
        with collectivite_active(collectivite_id):
            PieceDeposee.objects.filter(pk=depot_id).delete()


@shared_task
def sweep_rappels(**_: Any) -> None:
    """Ask for the steps that are due, by batches of one town; asked twice, each is done once."""
    for collectivite_id, rappel_ids in group_by_town(list_pairs("demandes_rappels_dus(%s, %s)",
                                                                 [timezone.now(), BALAYAGE_RAPPELS])):  # fmt: skip
        do_rappels.apply_async((collectivite_id, rappel_ids), expires=30)


@shared_task
def recompute_towns(**_: Any) -> None:
    """Ask every town to follow what changed in its hours, closures and settings during the day."""
    for pk in Collectivite.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True):
        recompute_ville.apply_async((pk,), queue="courant", expires=6 * 3600)


@shared_task
def recompute_ville(collectivite_id: int, **_: Any) -> None:
    """Recompute the dates of one town that are still to keep."""
    recompute_town(collectivite_id=collectivite_id, at=timezone.now(), only_known=True)


@shared_task
def do_rappels(collectivite_id: int, rappel_ids: list[int], **_: Any) -> None:
    """Do these steps, if nobody has."""
    balayage.do_rappels(collectivite_id=collectivite_id, rappel_ids=rappel_ids, at=timezone.now())


@shared_task
def remettre_transfert(collectivite_id: int, transfert_id: int, **_: Any) -> None:
    """Hand one demande over to another town. Running it again, or twice at once, opens one demande there."""
    deliver_transfert(collectivite_id=collectivite_id, transfert_id=transfert_id, at=timezone.now())


@shared_task
def sweep_transferts(**_: Any) -> None:
    """Ask again for every hand-over whose worker died or whose nudge was lost."""
    for collectivite_id, transfert_id in list_pairs(
        "demandes_transferts_a_remettre(%s, %s)", [timezone.now(), BALAYAGE]
    ):
        remettre_transfert.apply_async((collectivite_id, transfert_id), expires=60)


@shared_task
def sweep_concours(**_: Any) -> None:
    """Remind usagers and third parties, tell agents what did not come, ask after a closing."""
    now = timezone.now()
    steps = [now, BALAYAGE]
    concours.follow_complements(list_pairs("demandes_complements_a_suivre(%s, %s)", steps), at=now)
    concours.follow_tous_avis(list_pairs("demandes_avis_a_suivre(%s, %s)", steps), at=now)
    window = [now - FENETRE, now - REPOS, BALAYAGE]
    concours.propose_satisfactions(list_pairs("demandes_satisfactions_a_proposer(%s, %s, %s)", window), at=now)


@shared_task
def split_lot(collectivite_id: int, lot_id: int, **_: Any) -> None:
    """Cut one batch of scans. Running it twice, or twice at once, has one effect."""
    process_lot(collectivite_id=collectivite_id, lot_id=lot_id, at=timezone.now())


@shared_task
def sweep_lots(**_: Any) -> None:
    """Ask again for every batch whose cutting was lost."""
    for collectivite_id, lot_id in list_pairs("demandes_lots_a_decouper(%s, %s)", [timezone.now(), BALAYAGE]):
        split_lot.apply_async((collectivite_id, lot_id), expires=60)
