"""What stands behind each tab of a demande, counted in one query."""

from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from demandes.models import (
    AccuseReception,
    Avis,
    Brouillon,
    CourrierDepart,
    Demande,
    DemandeComplement,
    Lien,
    PieceJointe,
    Tache,
    Transfert,
)


def count_onglets(demande: Demande, agent_id: int) -> dict[str, int]:
    """Return {"pieces", "concours", "taches", "liens", "preuves", "brouillons"} of a demande (one query)."""
    mine: dict[str, Any] = {
        "pieces": _count(PieceJointe.objects.filter(message__demande=OuterRef("pk")), "message__demande"),
        "complements": _count(_open_of(DemandeComplement, cancelled_at=None), "demande"),
        "avis": _count(_open_of(Avis, revoked_at=None), "demande"),
        "transferts": _count(Transfert.objects.filter(demande=OuterRef("pk")), "demande"),
        "taches": _count(Tache.objects.filter(demande=OuterRef("pk"), done_at=None), "demande"),
        "liens_de": _count(Lien.objects.filter(de=OuterRef("pk")), "de"),
        "liens_vers": _count(Lien.objects.filter(vers=OuterRef("pk")), "vers"),
        "accuses": _count(AccuseReception.objects.filter(demande=OuterRef("pk")), "demande"),
        "lettres": _count(CourrierDepart.objects.filter(demande=OuterRef("pk")), "demande"),
        "brouillons": _count(Brouillon.objects.filter(~Q(agent_id=agent_id), demande=OuterRef("pk")), "demande"),
    }
    row: Any = Demande.objects.filter(pk=demande.pk).values(**mine).get()
    return {
        "pieces": row["pieces"],
        "concours": row["complements"] + row["avis"] + row["transferts"],
        "taches": row["taches"],
        "liens": row["liens_de"] + row["liens_vers"],
        "preuves": row["accuses"] + row["lettres"],
        "brouillons": row["brouillons"],
    }


def _open_of(model: Any, **still: None) -> Any:
    return model.objects.filter(demande=OuterRef("pk"), answered_at=None, **still)


def _count(rows: Any, by: str) -> Coalesce:
    """Count the rows of one demande; the sub-query groups by it, so that it returns one line or none."""
    return Coalesce(Subquery(rows.order_by().values(by).annotate(n=Count("pk")).values("n")), 0)
