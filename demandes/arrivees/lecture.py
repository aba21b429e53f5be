"""Reads of letters received: who may see which, lists, one letter."""

from django.db.models import Q, QuerySet

from collectivites.acces import Acces
from demandes.models import CourrierArrivee, LotNumerisation

PAR_PAGE = 50
VUES: dict[str, str] = {"a_qualifier": "À qualifier", "qualifie": "Qualifiés", "ecarte": "Écartés"}


def visible_courriers(acces: Acces) -> QuerySet[CourrierArrivee]:
    """Letters this agent may read: one of a sealed service, or of a sealed demande, only by those of its domain."""
    opened = Q(demande__isnull=True) & (Q(service__isnull=True) | Q(service__domaine__in=acces.domaines))
    return CourrierArrivee.objects.filter(opened | Q(demande__domaine__in=acces.domaines))


def list_courriers(acces: Acces, *, vue: str, texte: str = "", avant: int | None = None) -> list[CourrierArrivee]:
    """Return a page of letters, newest first, one more than a page when others follow (one query)."""
    rows = visible_courriers(acces).filter(etat=vue).select_related("service", "demande", "usager", "lot")
    if texte.strip():
        rows = rows.filter(_matching(texte))
    if avant is not None:
        rows = rows.filter(pk__lt=avant)
    return list(rows.order_by("-pk")[: PAR_PAGE + 1])


def _matching(texte: str) -> Q:
    """A n° chrono or of registered mail as it is written, else words of the sender or of the objet."""
    words = texte.split()[:5]
    said = Q()
    for word in words:
        said &= Q(expediteur__icontains=word) | Q(objet__icontains=word)
    number = texte.strip()
    return Q(chrono__iexact=number) | Q(chrono__endswith=f"-{number:>04}") | Q(numero_recommande__iexact=number) | said


def list_lots(*, limite: int = 20) -> list[LotNumerisation]:
    """Return the last batches."""
    return list(LotNumerisation.objects.select_related("agent").order_by("-at", "-pk")[:limite])
