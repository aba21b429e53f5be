"""The two clocks as the page of a demande shows them: each date, what it means now, and why it is that one."""

from dataclasses import dataclass
from datetime import date, datetime

from demandes.models import Demande, Echeance, NatureEcheance

N = NatureEcheance
ORDRE = (N.ENGAGEMENT, N.DECISION, N.REPONSE, N.COMPLEMENT, N.ARE, N.AEE)
LEGALES = frozenset({N.DECISION, N.REPONSE, N.ARE, N.AEE})
TENUES = {N.AEE: "envoyé", N.ARE: "émis", N.COMPLEMENT: "reçus"}  # the others: « répondu »


@dataclass(frozen=True)
class Horloge:
    """One date. `etat`: « court » (to keep), « arretee » (no date yet), « tenue », « nee » (silence has decided)."""

    nature: str
    libelle: str
    etat: str
    due_at: datetime | None
    due_on: date | None
    debut_at: datetime
    detail: str
    explication: list[str]
    is_legale: bool
    is_suspendue: bool
    met_at: datetime | None


def load_horloges(demande: Demande, *, now: datetime) -> list[Horloge]:
    """Return the dates of the demande (one query): the promise, then the law; acknowledgements last."""
    rows = {row.nature: row for row in Echeance.objects.filter(demande=demande)}
    return [_draw(rows[nature], demande, now) for nature in ORDRE if nature in rows]


def _draw(row: Echeance, demande: Demande, now: datetime) -> Horloge:
    etat = "tenue" if row.met_at else "arretee" if row.due_at is None else "court"
    if row.nature == N.DECISION and row.due_at and row.due_at < min(now, row.met_at or now):
        etat = "nee"
    return Horloge(
        nature=row.nature, libelle=_name(row), etat=etat, due_at=row.due_at, due_on=row.due_on,
        debut_at=demande.competente_at or demande.received_at, explication=row.explication,
        detail=TENUES.get(N(row.nature), "répondu") if etat == "tenue" else row.base, met_at=row.met_at,
        is_legale=row.nature in LEGALES, is_suspendue=row.is_suspendue,
    )  # fmt: skip


def _name(row: Echeance) -> str:
    if row.nature == N.DECISION:
        return "Silence vaut acceptation" if row.effet == "acceptation" else "Silence vaut rejet"
    return row.get_nature_display()
