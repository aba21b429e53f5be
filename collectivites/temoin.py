"""The witness: floors below the journal tell it what was done, without knowing it (docs/adr/0003).

Floors above call `journal.actions.record` itself; the signature is the same.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from collectivites.acteur import Acteur
from socle.registre import Registre

temoins: Registre[Callable[..., object]] = Registre()


class SansTemoin(RuntimeError):
    """No journal is installed: an action must never go untold."""


def record(
    *, verbe: str, objet_type: str, objet_id: int, libelle: str = "", by: Acteur, at: datetime, **details: Any
) -> None:
    """Tell the journal, in the caller's transaction. Raises SansTemoin when nobody listens."""
    if not len(temoins):
        raise SansTemoin
    for temoin in temoins:
        temoin(verbe=verbe, objet_type=objet_type, objet_id=objet_id, libelle=libelle, by=by, at=at, **details)
