"""Total orders on demandes, and one page of rows by key."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from demandes.models import Demande, DemandeQuerySet


@dataclass(frozen=True)
class Ordre:
    """A total order on demandes: a date, then the id. Rows without the date are not in this order."""

    champ: str
    is_ascending: bool = False

    @property
    def present(self) -> Q:
        """The rows that have the date."""
        return Q(**{f"{self.champ}__isnull": False}) if self.champ == "echeance_at" else Q()

    def sort(self, *, backwards: bool) -> tuple[str, str]:
        """Return the arguments of order_by."""
        sign = "" if self.is_ascending != backwards else "-"
        return f"{sign}{self.champ}", f"{sign}pk"

    def beyond(self, key: tuple[datetime, int], *, backwards: bool) -> Q:
        """Return the rows strictly after the key; the first condition lets the index start there."""
        moment, pk = key
        way = "gt" if self.is_ascending != backwards else "lt"
        strict = Q(**{f"{self.champ}__{way}": moment}) | Q(**{self.champ: moment, f"pk__{way}": pk})
        return strict & Q(**{f"{self.champ}__{way}e": moment})

    def write(self, demande: Demande) -> str:
        """Write the key of a row, for the address."""
        return f"{getattr(demande, self.champ).isoformat()}_{demande.pk}"

    def read(self, text: str) -> tuple[datetime, int] | None:
        """Read a key; nonsense is the first page."""
        moment, _, pk = text.replace(" ", "+").rpartition("_")  # a « + » of an address comes back as a space
        try:
            instant = datetime.fromisoformat(moment)
            return (instant, int(pk)) if instant.tzinfo else None
        except ValueError:
            return None


ORDRES: dict[str, Ordre] = {
    "recue": Ordre("received_at", is_ascending=True),
    "-recue": Ordre("received_at"),
    "echeance": Ordre("echeance_at", is_ascending=True),
    "-echeance": Ordre("echeance_at"),
    "dernier": Ordre("last_message_at", is_ascending=True),
    "-dernier": Ordre("last_message_at"),
}


@dataclass(frozen=True)
class Page:
    """One page of rows, and the keys of its neighbours (empty at the ends)."""

    demandes: list[Demande] = field(default_factory=list)
    precedent: str = ""
    suivant: str = ""


def read_page(rows: DemandeQuerySet, order: Ordre, *, apres: str = "", avant: str = "", taille: int) -> Page:
    """Return one page of `rows` by key, in this order (one query)."""
    backwards = bool(avant)
    key = order.read(avant or apres)
    rows = rows.filter(order.present)
    if key is not None:
        rows = rows.filter(order.beyond(key, backwards=backwards))
    found = list(rows.order_by(*order.sort(backwards=backwards))[: taille + 1])
    has_more, found = len(found) > taille, found[:taille]
    if backwards:
        found.reverse()
    if not found:
        return Page()
    before = has_more if backwards else key is not None
    after = True if backwards else has_more
    return Page(found, order.write(found[0]) if before else "", order.write(found[-1]) if after else "")
