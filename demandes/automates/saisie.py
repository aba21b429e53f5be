"""Rows of conditions and gestures as a page shows and posts them. Adding or removing one is a plain submit.

Names of the fields: `c-0-fait`, `c-0-operateur`, `c-0-valeur`, `c-0-champ`; `g-0-geste`, `g-0-p-service`…
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from demandes.automates.choix import Noms
from demandes.automates.conditions import FAITS, Condition, Fait, verify_one
from demandes.automates.gestes import GESTES, Action, Geste, Parametre
from demandes.automates.gestes import verify_one as verify_geste
from demandes.automates.mots import split_mots
from socle.texte import clean

LIGNES_MAX = 30
_RANG = re.compile(r"([cg])-(\d{1,2})-(?:fait|geste)", re.ASCII)


@dataclass(frozen=True)
class LigneCondition:
    """One condition to draw: its comparison, and what it is compared with."""

    rang: int
    fait: Fait
    operateurs: list[tuple[str, str, bool]]
    texte: str = ""
    champ: str = ""
    choix: list[tuple[str, str, bool]] = field(default_factory=list)
    erreur: str = ""
    is_new: bool = False


@dataclass(frozen=True)
class LigneChamp:
    """One parameter of a gesture to draw."""

    nom: str
    parametre: Parametre
    valeur: str
    choix: list[tuple[str, str, bool]]


@dataclass(frozen=True)
class LigneGeste:
    """One gesture to draw."""

    rang: int
    geste: Geste
    champs: list[LigneChamp]
    erreurs: list[str]
    is_new: bool = False


def _list_rangs(post: QueryDict, sorte: str) -> list[int]:
    found = {int(each[2]) for name in post if (each := _RANG.fullmatch(name)) and each[1] == sorte}
    return sorted(found)[:LIGNES_MAX]


def read_conditions(post: QueryDict) -> list[dict[str, Any]]:
    """Return the conditions posted, in order."""
    return [_read_condition(post, f"c-{rang}-") for rang in _list_rangs(post, "c")]


def _read_condition(post: QueryDict, prefixe: str) -> dict[str, Any]:
    code = post.get(f"{prefixe}fait", "")
    fait = FAITS.get(code)
    values = [clean(each) for each in post.getlist(f"{prefixe}valeur")][:200]
    if fait is not None and fait.genre != "choix":
        values = split_mots(" , ".join(values))
    condition = {
        "fait": code, "operateur": post.get(f"{prefixe}operateur", ""), "valeur": [each for each in values if each]
    }  # fmt: skip
    champ = " ".join(clean(post.get(f"{prefixe}champ", "")).split())[:60]
    return condition | ({"champ": champ} if champ else {})


def read_actions(post: QueryDict) -> list[dict[str, Any]]:
    """Return the gestures posted, in order."""
    return [_read_action(post, f"g-{rang}-") for rang in _list_rangs(post, "g")]


def _read_action(post: QueryDict, prefixe: str) -> dict[str, Any]:
    code = post.get(f"{prefixe}geste", "")
    geste = GESTES.get(code)
    given = {
        each.code: clean(post.get(f"{prefixe}p-{each.code}", "")).strip()
        for each in (geste.parametres if geste else ())
    }
    return {"geste": code, "parametres": {name: value for name, value in given.items() if value}}


def draw_conditions(
    conditions: Sequence[Condition], noms: Noms, *, checked: bool, neuve: int = -1
) -> list[LigneCondition]:
    """Return the rows; `checked` says what is wrong beside each; `neuve` is the row just added."""
    return [
        _draw_condition(rang, each, FAITS[each["fait"]], noms, erreur=verify_one(each, noms) if checked else "",
                        is_new=rang == neuve)
        for rang, each in enumerate(conditions) if each.get("fait") in FAITS
    ]  # fmt: skip


def _draw_condition(
    rang: int, condition: Condition, fait: Fait, noms: Noms, *, erreur: str, is_new: bool
) -> LigneCondition:
    values = [str(each) for each in condition.get("valeur") or []]
    operators = [(code, label, code == condition.get("operateur")) for code, label in fait.operateurs.items()]
    choices = [(value, label, value in values) for value, label in noms.get(fait.liste, {}).items()]
    return LigneCondition(
        rang, fait, operators, ", ".join(values), condition.get("champ", ""), choices, erreur, is_new
    )  # fmt: skip


def draw_actions(
    actions: Sequence[Action], noms: Noms, *, emploi: str, checked: bool, neuve: int = -1
) -> list[LigneGeste]:
    """Return the rows of gestures, each with its parameters."""
    return [
        LigneGeste(
            rang, GESTES[each["geste"]], _draw_champs(rang, GESTES[each["geste"]], each, noms),
            verify_geste(each, noms, emploi=emploi) if checked else [], rang == neuve,
        )
        for rang, each in enumerate(actions) if each.get("geste") in GESTES
    ]  # fmt: skip


def _draw_champs(rang: int, geste: Geste, action: Action, noms: Noms) -> list[LigneChamp]:
    given: Mapping[str, str] = action.get("parametres", {})
    return [
        LigneChamp(
            f"g-{rang}-p-{each.code}", each, given.get(each.code, ""),
            [(value, label, value == given.get(each.code)) for value, label in noms.get(each.liste, {}).items()],
        )
        for each in geste.parametres
    ]  # fmt: skip


def edit(rows: list[dict[str, Any]], ordre: str, *, sorte: str, neuf: dict[str, Any]) -> int:
    """Do what a button of the page asks of its rows (« ajouter-c », « retirer-c:2 », « monter-g:1 »), in place.

    Returns the rank of the row to look at, -1 when the button was not about these rows.
    """
    what, _, rank = ordre.partition(":")
    number = int(rank) if rank.isascii() and rank.isdigit() and len(rank) < 3 else -1
    if what == f"ajouter-{sorte}" and len(rows) < LIGNES_MAX:
        rows.append(neuf)
        return len(rows) - 1
    if not 0 <= number < len(rows):
        return -1
    if what == f"retirer-{sorte}":
        rows.pop(number)
        return min(number, len(rows) - 1)
    if what == f"monter-{sorte}" and number:
        rows.insert(number - 1, rows.pop(number))
        return number - 1
    return -1
