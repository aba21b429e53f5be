"""What must happen by itself right after a write: filled by upper modules of demandes, called by `demandes.actions`.

Actions do not know rules; rules are made of actions. This registry is how the first call the second.
"""

from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime

from demandes.models import Demande
from socle.registre import Registre

# (demande just written, address that wrote or empty, instant) → the demande as it is now
Suite = Callable[[Demande, str, datetime], Demande]
apres_reception: Registre[Suite] = Registre()  # inserted, not acknowledged yet
apres_qualification: Registre[Suite] = Registre()  # qualified by an agent, still without service
_reception: ContextVar[bool] = ContextVar("demande_en_reception", default=False)


def is_receiving() -> bool:
    """True while a demande is being opened: its acknowledgement comes at the end, and only if it may."""
    return _reception.get()


def follow(registre: Registre[Suite], demande: Demande, *, adresse: str = "", at: datetime) -> Demande:
    """Run every suite in order, in the transaction of the caller."""
    token = _reception.set(_reception.get() or registre is apres_reception)
    try:
        for suite in registre:
            demande = suite(demande, adresse, at)
    finally:
        _reception.reset(token)
    return demande
