"""What the tab « Compléments et avis » shows, loaded in a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from collectivites.models import Collectivite
from demandes.concours.exigences import Exigence, describe_exigences, list_missing
from demandes.models import Avis, Demande, DemandeComplement, Satisfaction, Transfert


@dataclass(frozen=True)
class LigneComplement:
    """One request for documents, ready to draw."""

    complement: DemandeComplement
    demandes: list[str]
    etat: str
    ton: str
    manquants: list[Exigence]

    @property
    def is_open(self) -> bool:
        """True while it waits."""
        return self.complement.answered_at is None and self.complement.cancelled_at is None


@dataclass(frozen=True)
class LigneAvis:
    """One opinion, ready to draw."""

    avis: Avis
    etat: str
    ton: str

    @property
    def is_open(self) -> bool:
        """True while it waits."""
        return self.avis.answered_at is None and self.avis.revoked_at is None


_REMISES = {
    Transfert.Etat.A_REMETTRE: "info",
    Transfert.Etat.REMIS: "bon",
    Transfert.Etat.ECHEC: "retard",
}


def list_complements(demande: Demande, *, now: datetime) -> list[LigneComplement]:
    """Return what was asked of the usager, newest first (one query, one more for an open one)."""
    rows = DemandeComplement.objects.filter(demande=demande).select_related("agent").order_by("-asked_at", "-pk")
    return [_draw_complement(row, now) for row in rows]


def _draw_complement(row: DemandeComplement, now: datetime) -> LigneComplement:
    is_open = row.answered_at is None and row.cancelled_at is None
    if row.answered_at:
        word, tone = "reçus", "bon"
    elif row.cancelled_at:
        word, tone = "plus demandés", "neutre"
    else:
        late = now.date() > row.delai_on
        word, tone = ("délai passé", "retard") if late else ("attendus", "alerte")
    return LigneComplement(row, describe_exigences(row), word, tone, list_missing(row) if is_open else [])


def list_avis(demande: Demande, *, now: datetime) -> list[LigneAvis]:
    """Return the opinions asked, newest first (one query)."""
    rows = Avis.objects.filter(demande=demande).select_related("agent").order_by("-asked_at", "-pk")
    return [LigneAvis(row, *_describe_avis(row, now)) for row in rows]


def _describe_avis(row: Avis, now: datetime) -> tuple[str, str]:
    if row.answered_at:
        words = {True: ("favorable", "bon"), False: ("défavorable", "retard")}
        return words.get(row.is_favorable, ("reçu", "bon"))  # type: ignore[arg-type]
    if row.revoked_at:
        return "plus demandé", "neutre"
    return ("en retard", "retard") if now.date() > row.echeance_on else ("attendu", "alerte")


def list_transferts(demande: Demande) -> list[tuple[Transfert, str]]:
    """Return (transfer, tone) of each, newest first (one query)."""
    rows = Transfert.objects.filter(demande=demande).select_related("agent").order_by("-at", "-pk")
    return [(row, _REMISES[Transfert.Etat(row.etat)]) for row in rows]


def list_satisfactions(demande: Demande) -> list[Satisfaction]:
    """Return what the usager thought of it, newest first (one query)."""
    rows = Satisfaction.objects.filter(demande=demande).exclude(answered_at=None)
    return list(rows.order_by("-answered_at"))


def list_destinations(mine: Collectivite) -> list[Collectivite]:
    """Return the neighbours of the town in the installation, else its other towns. Names only: no wall is crossed."""
    near = Q(pk=mine.epci_id) | Q(epci_id=mine.pk) | Q(epci_id=mine.epci_id, epci__isnull=False)
    others = Collectivite.objects.filter(is_active=True).exclude(pk=mine.pk)
    close_ones = list(others.filter(near).order_by("nom"))
    return close_ones or list(others.order_by("nom")[:200])


def load_tab(demande: Demande, *, now: datetime) -> dict[str, Any]:
    """Return what was asked, answered and transferred."""
    return {
        "complements": list_complements(demande, now=now),
        "avis": list_avis(demande, now=now),
        "transferts": list_transferts(demande),
        "satisfactions": list_satisfactions(demande),
    }
