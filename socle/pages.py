"""Keyset pages: a page begins after the last row of the one before, so rows that arrive meanwhile shift nothing."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)


class CurseurIllisible(ValueError):
    """The cursor is not one of ours."""

    def __init__(self) -> None:
        super().__init__("Ce curseur n'est pas lisible\u00a0: reprenez celui de la page précédente, sans le changer.")


@dataclass(frozen=True)
class Curseur:
    """The last row of a page: its instant and its id."""

    at: datetime
    pk: int

    def write(self) -> str:
        """Return the cursor as URL-safe text."""
        return base64.urlsafe_b64encode(f"{self.at.isoformat()}|{self.pk}".encode()).decode().rstrip("=")


def read_curseur(text: str) -> Curseur:
    """Read a cursor. Raises CurseurIllisible."""
    try:
        at, pk = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split("|")
        curseur = Curseur(at=datetime.fromisoformat(at), pk=int(pk))
    except (binascii.Error, ValueError) as error:
        raise CurseurIllisible from error
    if curseur.at.tzinfo is None or not 0 <= curseur.pk < 2**63:
        raise CurseurIllisible
    return curseur


def read_page(
    rows: "QuerySet[M]", *, champ: str, apres: Curseur | None, taille: int
) -> tuple[list[M], Curseur | None]:
    """Return at most `taille` rows, newest `champ` first, and the cursor of the next page (None on the last one)."""
    if apres is not None:
        # `<=` first: it is the range that the index walks
        rows = rows.filter(Q(**{f"{champ}__lte": apres.at}), ~Q(**{champ: apres.at, "pk__gte": apres.pk}))
    found: list[Any] = list(rows.order_by(f"-{champ}", "-pk")[: taille + 1])
    if len(found) <= taille:
        return found, None
    last = found[taille - 1]
    return found[:taille], Curseur(at=getattr(last, champ), pk=last.pk)
