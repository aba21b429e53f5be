"""Telephone: who calls, what is under way at a desk, what was missed. Writes are in `actions.appels`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from citoyens.models import LienContact, PointContact, Usager
from demandes.models import Appel
from socle.ecriture import ESPACE
from socle.telephone import show_numero

Etat = Appel.Etat
EN_COURS = (Etat.SONNE, Etat.EN_LIGNE)
OUBLI = timedelta(hours=8)  # a call whose end nobody told is no longer shown as under way
TELEPHONES = (PointContact.Nature.MOBILE, PointContact.Nature.FIXE)


@dataclass(frozen=True)
class Presente:
    """A call as a screen shows it: `personnes` are those reached at this number, or the one who was chosen."""

    appel: Appel
    personnes: list[Usager]
    duree: str

    @property
    def numero(self) -> str:
        """« 06 39 98 12 34 », or that it is hidden."""
        return show_numero(self.appel.numero) if self.appel.numero else "numéro masqué"

    @property
    def depuis(self) -> datetime:
        """The instant the timer counts from."""
        return self.appel.decroche_at or self.appel.debut_at

    @property
    def is_live(self) -> bool:
        """True while it rings or is spoken."""
        return self.appel.etat in EN_COURS


def live_calls(agent_id: int, *, at: datetime) -> "QuerySet[Appel]":
    """Calls under way at an agent's desk, the latest first."""
    return Appel.objects.filter(agent_id=agent_id, etat__in=EN_COURS, debut_at__gt=at - OUBLI).order_by("-debut_at")


def to_call_back() -> Q:
    """Missed calls nobody has answered since: not called back by us, and the number has not got through meanwhile."""
    return Q(etat=Etat.MANQUE, rappele_at__isnull=True) & ~Q(numero="")


def present(appels: Iterable[Appel], *, at: datetime) -> list[Presente]:
    """Return the calls with who they may be, in one query more."""
    rows = list(appels)
    known = find_people({row.numero for row in rows if row.numero})
    return [
        Presente(row, [row.usager] if row.usager else known.get(row.numero, []), write_length(row, at=at))
        for row in rows
    ]


def find_people(numeros: set[str]) -> dict[str, list[Usager]]:
    """Return who is reached at each number (E.164), oldest first."""
    links = LienContact.objects.filter(point__nature__in=TELEPHONES, point__normalisee__in=numeros)
    people: dict[str, list[Usager]] = {}
    for link in links.select_related("usager", "point").order_by("usager_id") if numeros else ():
        known = people.setdefault(link.point.normalisee, [])
        if link.usager not in known:
            known.append(link.usager)
    return people


def write_length(appel: Appel, *, at: datetime) -> str:
    """« 4 min 12 s » spoken, or since the beginning while it lasts; empty for a call nobody took."""
    if appel.decroche_at is None:
        return ""
    return write_seconds(((appel.fin_at or at) - appel.decroche_at).total_seconds())


def write_seconds(seconds: float) -> str:
    """« 42 s », « 4 min 12 s », « 1 h 05 min »."""
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    if hours:
        return f"{hours}{ESPACE}h{ESPACE}{minutes:02d}{ESPACE}min"
    return f"{minutes}{ESPACE}min{ESPACE}{rest:02d}{ESPACE}s" if minutes else f"{rest}{ESPACE}s"
