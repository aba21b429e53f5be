"""What upper floors show on the tab « Travail » of a demande: its appointments. Filled in `AppConfig.ready()`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from collectivites.acces import Acces
from demandes.models import Demande
from socle.registre import Registre


@dataclass(frozen=True)
class Attache:
    """A section of the tab: `template` is rendered with what `load(acces, demande, at)` returns, None hides it."""

    titre: str
    template: str
    load: Callable[[Acces, Demande, datetime], dict[str, Any] | None]


attaches: Registre[Attache] = Registre()


def load_attaches(acces: Acces, demande: Demande, at: datetime) -> list[dict[str, Any]]:
    """Return {titre, template, contexte} of the sections this agent may see."""
    loaded = [(each, each.load(acces, demande, at)) for each in attaches]
    return [
        {"titre": each.titre, "template": each.template, "contexte": got} for each, got in loaded if got is not None
    ]
