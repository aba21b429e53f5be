"""Rules that wait for time to pass: « three days after the last message, if… ».

The fact is (rule, demande, instant counted from): a new message makes a new fact, so the rule may run again. A rule
looks only at what falls due while it is in service: putting it in service never sweeps the past.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import CharField, Exists, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat

from collectivites.cloison import collectivite_active
from demandes.automates.conditions import Condition, matches
from demandes.automates.execution import run, was_run
from demandes.automates.faits import load_faits
from demandes.cycle import CLOS, OUVERTS, Etat
from demandes.models import Demande, ExecutionRegle, RegleAutomate, Suspension

PAR_LOT = 500
Echu = tuple[int, datetime]  # a demande, and the instant its delay is counted from


@dataclass(frozen=True)
class Depart:
    """What the delay is counted from."""

    libelle: str
    base: Any
    etats: tuple[str, ...]


_ATTENTE = Suspension.objects.filter(demande=OuterRef("pk"), fin_at=None).values("debut_at")[:1]
DEPARTS: dict[str, Depart] = {
    "received": Depart("la réception", F("received_at"), OUVERTS),
    "last_message": Depart("le dernier échange", F("last_message_at"), OUVERTS),
    "waiting": Depart(
        "le début de l'attente", Subquery(_ATTENTE), (Etat.EN_ATTENTE_USAGER.value, Etat.EN_ATTENTE_TIERS.value)
    ),
    "due": Depart("l'engagement dépassé", F("echeance_at"), OUVERTS),
    "closed": Depart("la clôture", F("closed_at"), CLOS),
}
COLONNES = frozenset({"etat", "canal", "nature", "domaine", "zone", "priorite", "type", "service", "agent"})


def with_base(depuis: str) -> Any:
    """Return the demandes this delay may concern, with `base`: the instant it is counted from."""
    depart = DEPARTS[depuis]
    return Demande.objects.filter(etat__in=depart.etats).annotate(base=depart.base).filter(base__isnull=False)


def is_due(base: datetime, regle: RegleAutomate, *, at: datetime) -> bool:
    """True when the delay has passed, and while the rule was in service."""
    due = base + timedelta(minutes=regle.delai_minutes or 0)
    return (regle.active_since or at) <= due <= at


def write_clef(depuis: str, base: datetime) -> str:
    """Return the fact: « last_message:20261112154000000000 »."""
    return f"{depuis}:{base.astimezone(UTC):%Y%m%d%H%M%S%f}"


def narrow(conditions: Sequence[Condition]) -> Q:
    """Return the part of the conditions that the database can judge on its own columns."""
    found = Q()
    for each in conditions:
        if each.get("fait") in COLONNES:
            found &= _narrow_one(each)
    return found


def _narrow_one(condition: Mapping[str, Any]) -> Q:
    name, operator = condition["fait"], condition["operateur"]
    is_key = name in {"type", "service", "agent"}
    empty = Q(**{f"{name}__isnull": True}) if is_key else Q(**{name: ""})
    if name == "priorite":
        empty = Q(pk__in=[])
    if operator in {"vide", "rempli"}:
        return empty if operator == "vide" else ~empty
    values = [int(each) if is_key or name == "priorite" else each for each in condition["valeur"]]
    inside = Q(**{f"{name}__in": values})
    return inside if operator == "est" else empty | ~inside


def list_due(regle: RegleAutomate, *, at: datetime) -> Iterator[list[tuple[int, datetime]]]:
    """Yield the demandes whose delay has passed and that this fact has not run yet, by batches, oldest first.

    Keep the wall up while iterating: a query a batch.
    """
    delay = timedelta(minutes=regle.delai_minutes or 0)
    since, until = (regle.active_since or at) - delay, at - delay
    instant = Func(
        F("base"), template="to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS')",
        output_field=CharField(),
    )  # fmt: skip
    clef = Concat(Value(f"{regle.depuis}:"), instant, output_field=CharField())
    done = ExecutionRegle.objects.filter(regle=regle, demande=OuterRef("pk"), clef=OuterRef("fait_clef"))
    rows = (
        with_base(regle.depuis)
        .filter(narrow(regle.conditions), base__range=(since, until))
        .annotate(fait_clef=clef)
        .filter(~Exists(done))
        .order_by("base", "pk")
    )
    after: tuple[datetime, int] | None = None
    while True:
        page = rows if after is None else rows.filter(Q(base__gt=after[0]) | Q(base=after[0], pk__gt=after[1]))
        found = list(page.values_list("pk", "base")[:PAR_LOT])
        if not found:
            return
        yield found
        after = (found[-1][1], found[-1][0])


def run_regle(*, collectivite_id: int, regle_id: int, at: datetime) -> int:
    """Run a rule on everything that fell due; returns how many demandes it matched. One transaction a demande."""
    with collectivite_active(collectivite_id):
        regle = RegleAutomate.objects.filter(pk=regle_id, is_active=True).first()
        due = [fact for lot in list_due(regle, at=at) for fact in _keep_matching(regle, lot, at=at)] if regle else []
    for demande_id, base in due:
        with collectivite_active(collectivite_id):
            _run_one(regle_id, demande_id, base, at=at)
    return len(due)


def _keep_matching(
    regle: RegleAutomate, lot: list[tuple[int, datetime]], *, at: datetime
) -> list[tuple[int, datetime]]:
    faits = load_faits([pk for pk, _ in lot], at=at)
    return [(pk, base) for pk, base in lot if pk in faits and matches(regle.conditions, faits[pk][1])]


def _run_one(regle_id: int, demande_id: int, base: datetime, *, at: datetime) -> None:
    """Judge again under the lock: another worker may have run it, somebody may have written in between."""
    if not Demande.objects.select_for_update(no_key=True).filter(pk=demande_id).exists():
        return
    regle = RegleAutomate.objects.filter(pk=regle_id, is_active=True).first()
    now = with_base(regle.depuis).filter(pk=demande_id).values_list("base", flat=True).first() if regle else None
    if regle is None or now != base or not is_due(base, regle, at=at):
        return
    clef = write_clef(regle.depuis, base)
    demande, faits = load_faits([demande_id], at=at)[demande_id]
    if matches(regle.conditions, faits) and not was_run(regle, demande, clef):
        run(regle, demande, clef=clef, at=at)
