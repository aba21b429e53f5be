"""What every page of a town knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def collectivite(request: HttpRequest) -> dict[str, Any]:
    """Give `acces` and `collectivite` to templates under `/c/<slug>/`, the second under `/usager/<slug>/` too."""
    acces = getattr(request, "acces", None)
    town = acces.collectivite if acces else getattr(request, "collectivite", None)
    return {"acces": acces, "collectivite": town, "demo": settings.DEMO}
