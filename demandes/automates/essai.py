"""Dry run: what a rule would have done to past demandes. It reads, judges, says; it writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from collectivites.acces import Acces
from collectivites.permissions import Permission
from demandes.automates.choix import Noms
from demandes.automates.conditions import Condition, matches
from demandes.automates.faits import load_arbre, read_faits, with_echanges
from demandes.automates.gestes import Action, describe
from demandes.automates.temps import with_base
from demandes.models import Demande, RegleAutomate

TAILLES = (100, 500, 2_000)
MONTREES = 50


@dataclass(frozen=True)
class Concernee:
    """A demande the rule would have touched. `objet` is empty for whoever may not read demandes."""

    pk: int
    numero: str
    objet: str
    effets: list[str]


@dataclass(frozen=True)
class Essai:
    """How many were read, how many match, the first of them."""

    lues: int
    nombre: int
    concernees: list[Concernee]


def try_regle(  # noqa: PLR0913 a rule not saved yet, and on what
    *, declencheur: str, depuis: str = "", delai_minutes: int | None = None, conditions: Sequence[Condition],
    actions: Sequence[Action], noms: Noms, acces: Acces, taille: int, at: datetime,
) -> Essai:  # fmt: skip
    """Judge the last `taille` demandes the agent may be told of (three queries), the newest first.

    A rule of reception or of event is judged on the facts of today: those of the day are not kept.
    """
    rows = with_echanges(_choose(declencheur, depuis, delai_minutes, at=at).filter(domaine__in=acces.domaines))
    read = list(rows.select_related("type", "service", "agent").order_by("-received_at", "-pk")[:taille])
    arbre = load_arbre()
    found = [demande for demande in read if matches(conditions, read_faits(demande, arbre, at=at))]
    shown = [_tell(demande, actions, noms, acces) for demande in found[:MONTREES]]
    return Essai(len(read), len(found), shown)


def _choose(declencheur: str, depuis: str, delai: int | None, *, at: datetime) -> Any:
    if declencheur != RegleAutomate.Declencheur.TEMPS:
        return Demande.objects.all()
    return with_base(depuis).filter(base__lte=at - timedelta(minutes=delai or 0))


def _tell(demande: Demande, actions: Sequence[Action], noms: Noms, acces: Acces) -> Concernee:
    said = [f"{describe(each, noms)}{_already(demande, each)}" for each in actions]
    can_read = acces.can(Permission.DEMANDE_LIRE)
    return Concernee(demande.pk if can_read else 0, demande.numero, demande.objet if can_read else "", said)


def _already(demande: Demande, action: Action) -> str:
    """« (déjà) » when the gesture would change nothing."""
    given = action.get("parametres", {})
    now = {
        "qualifier": ("type", demande.type_id), "prioriser": ("priorite", int(demande.priorite)),
        "etat": ("etat", demande.etat), "zone": ("zone", demande.zone), "sujet": ("sujet", demande.sujet_id),
    }  # fmt: skip
    if action["geste"] == "affecter":
        same = str(demande.service_id) == given.get("service")
        return " (déjà)" if same and given.get("agent", "") in {"", str(demande.agent_id)} else ""
    if action["geste"] == "clore" and not demande.is_open:
        return " (déjà close)"
    name, value = now.get(action["geste"], ("", None))
    return " (déjà)" if name and given.get(name) and str(value) == given.get(name) else ""
