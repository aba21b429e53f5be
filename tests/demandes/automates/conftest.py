"""Rules in service, and what they are made of."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from collectivites.models import Collectivite
from demandes.models import RegleAutomate

Poser = Callable[..., RegleAutomate]


def si(fait: str, operateur: str, *valeur: str) -> dict[str, Any]:
    return {"fait": fait, "operateur": operateur, "valeur": list(valeur)}


def alors(geste: str, **parametres: object) -> dict[str, Any]:
    return {"geste": geste, "parametres": {name: str(value) for name, value in parametres.items()}}


@pytest.fixture
def poser(ville: Collectivite, at: datetime) -> Poser:
    """Put a rule in service since yesterday: `poser("Nom", [conditions], [gestes])`."""

    def fabrique(libelle: str, conditions: list[Any], actions: list[Any], **champs: Any) -> RegleAutomate:
        defaults = {
            "declencheur": "reception", "is_active": True, "active_since": at - timedelta(days=1), "updated_at": at,
            "ordre": RegleAutomate.objects.count() + 1,
        }  # fmt: skip
        return RegleAutomate.objects.create(
            libelle=libelle, conditions=conditions, actions=actions, **(defaults | champs)
        )

    return fabrique
