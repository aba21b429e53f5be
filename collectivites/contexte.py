"""What every page of a town knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def collectivite(request: HttpRequest) -> dict[str, Any]:
    """Give `acces` and `collectivite` to templates under `/c/<slug>/`; None elsewhere."""
    acces = getattr(request, "acces", None)
    return {"acces": acces, "collectivite": acces.collectivite if acces else None, "demo": settings.DEMO}
