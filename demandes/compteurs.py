"""What stands behind each tab of a demande, counted in one query."""

from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True)
class BrouillonRepris:
    """What the agent had begun to write, and when."""

    texte: str
    mode: str
    updated_at: datetime


def count_onglets(demande: Demande, agent_id: int) -> tuple[dict[str, int], BrouillonRepris | None]:
    """Return {"pieces", "concours", "taches", "liens", "preuves", "brouillons"}, and the agent's own draft.

    One query: the page of a long demande has no other to spare.
    """
    draft = Brouillon.objects.filter(demande=OuterRef("pk"), agent_id=agent_id)
    mine: dict[str, Any] = {
        "n_pieces": _count(PieceJointe.objects.filter(message__demande=OuterRef("pk")), "message__demande"),
        "n_complements": _count(_open_of(DemandeComplement, cancelled_at=None), "demande"),
        "n_avis": _count(_open_of(Avis, revoked_at=None), "demande"),
        "n_transferts": _count(Transfert.objects.filter(demande=OuterRef("pk")), "demande"),
        "n_taches": _count(Tache.objects.filter(demande=OuterRef("pk"), done_at=None), "demande"),
        "n_liens_de": _count(Lien.objects.filter(de=OuterRef("pk")), "de"),
        "n_liens_vers": _count(Lien.objects.filter(vers=OuterRef("pk")), "vers"),
        "n_accuses": _count(AccuseReception.objects.filter(demande=OuterRef("pk")), "demande"),
        "n_lettres": _count(CourrierDepart.objects.filter(demande=OuterRef("pk")), "demande"),
        "n_brouillons": _count(Brouillon.objects.filter(~Q(agent_id=agent_id), demande=OuterRef("pk")), "demande"),
        "b_texte": Subquery(draft.values("texte")[:1]),
        "b_mode": Subquery(draft.values("mode")[:1]),
        "b_at": Subquery(draft.values("updated_at")[:1]),
    }
    row: Any = Demande.objects.filter(pk=demande.pk).values(**mine).get()
    counts = {
        "pieces": row["n_pieces"],
        "concours": row["n_complements"] + row["n_avis"] + row["n_transferts"],
        "taches": row["n_taches"],
        "liens": row["n_liens_de"] + row["n_liens_vers"],
        "preuves": row["n_accuses"] + row["n_lettres"],
        "brouillons": row["n_brouillons"],
    }
    return counts, BrouillonRepris(row["b_texte"], row["b_mode"], row["b_at"]) if row["b_texte"] else None


def _open_of(model: Any, **still: None) -> Any:
    return model.objects.filter(demande=OuterRef("pk"), answered_at=None, **still)


def _count(rows: Any, by: str) -> Coalesce:
    """Count the rows of one demande; the sub-query groups by it, so that it returns one line or none."""
    return Coalesce(Subquery(rows.order_by().values(by).annotate(n=Count("pk")).values("n")), 0)
