"""What a demande waits for: the usager's documents before a third party's opinion, else it goes on."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from collectivites.cloison import get_active_id
from collectivites.models import Collectivite
from demandes.cycle import Etat
from demandes.delais.recalcul import recompute
from demandes.models import Avis, Demande, DemandeComplement
from demandes.versions import touch

MATIN = time(9)
_PAS_COMMENCEE = frozenset({Etat.NOUVELLE.value, Etat.A_TRAITER.value})
_ATTENTES = frozenset({Etat.EN_ATTENTE_USAGER.value, Etat.EN_ATTENTE_TIERS.value})


def find_open_complement(demande: Demande) -> DemandeComplement | None:
    """Return what is asked of the usager and not received yet (one query)."""
    return DemandeComplement.objects.filter(demande=demande, answered_at=None, cancelled_at=None).first()


def choose_etat(demande: Demande) -> str:
    """Return the state that what is awaited gives to a demande (two queries); a closed one stays closed."""
    if not demande.is_open:
        return demande.etat
    complement = find_open_complement(demande)
    if complement is not None and complement.is_indispensable:
        return Etat.EN_ATTENTE_USAGER.value
    if Avis.objects.filter(demande=demande, answered_at=None, revoked_at=None, is_suspensif=True).exists():
        return Etat.EN_ATTENTE_TIERS.value
    return Etat.EN_COURS.value if demande.etat in _PAS_COMMENCEE | _ATTENTES else demande.etat


def settle(demande: Demande, *, at: datetime) -> Demande:
    """Give the demande the state and the dates that what is awaited now means; `at`: when it changed."""
    return recompute(_move(demande), at=at)


def settle_after_message(demande: Demande, *, at: datetime) -> Demande:
    """Do the same after a message, which has already turned the clocks if it changed the state."""
    moved = _move(demande)
    return recompute(moved, at=at) if moved is not demande else demande


def _move(demande: Demande) -> Demande:
    wanted = choose_etat(demande)
    return touch(demande.pk, etat=wanted) if wanted != demande.etat else demande


def read_fuseau() -> ZoneInfo:
    """Return the time zone of the active town."""
    return ZoneInfo(Collectivite.objects.values_list("fuseau", flat=True).get(pk=get_active_id()))


def end_of_day(day: date, fuseau: ZoneInfo) -> datetime:
    """Return the first instant after the day."""
    return datetime.combine(day + timedelta(days=1), time(), fuseau)


def plan_relance(due_on: date, *, jours: int, at: datetime, fuseau: ZoneInfo) -> datetime:
    """Return when to remind: in the morning, `jours` before the last day; when it is over, if that has passed."""
    morning = datetime.combine(due_on - timedelta(days=jours), MATIN, fuseau)
    return morning if jours and morning > at else end_of_day(due_on, fuseau)
