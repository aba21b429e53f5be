"""Opening hours as people write them: « 8h30-12h, 13h30-17h30 » ⇄ minutes of the day."""

import re
from collections.abc import Iterable
from itertools import pairwise

Plage = tuple[int, int]  # first minute, last minute (excluded), since midnight

_TIME = r"(\d{1,2})\s*(?:h|:|H)\s*(\d{2})?"
_RANGE = re.compile(rf"^\s*{_TIME}\s*(?:-|–|—|à|a|au)\s*{_TIME}\s*$")


class PlageIllisible(ValueError):
    """The text is not a list of opening ranges; the message says which part and what to write."""


def parse_plages(text: str) -> list[Plage]:
    """Read the ranges of one day, in order; empty text means closed. Raises PlageIllisible."""
    parts = [part for part in re.split(r"[,;/]|\bet\b", text.replace("\u00a0", " ")) if part.strip()]
    plages = sorted(_parse_one(part.strip()) for part in parts)
    for (_, end), (start, _) in pairwise(plages):
        if start < end:
            raise PlageIllisible("Deux plages se chevauchent.")
    return plages


def _parse_one(part: str) -> Plage:
    match = _RANGE.match(part)
    if match is None:
        raise PlageIllisible(
            f"«\u00a0{part}\u00a0» n'est pas une plage\u00a0: écrivez par exemple «\u00a08 h 30 – 12 h\u00a0»."
        )
    hours = [int(value or 0) for value in match.groups()]
    start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    if max(hours[1], hours[3]) > 59 or end > 1440:
        raise PlageIllisible(f"«\u00a0{part}\u00a0»\u00a0: cette heure n'existe pas.")
    if start >= end:
        raise PlageIllisible(f"«\u00a0{part}\u00a0»\u00a0: la fermeture doit venir après l'ouverture.")
    return start, end


def show_plages(plages: Iterable[Plage]) -> str:
    """Write the ranges of one day: « 8 h 30 – 12 h, 13 h 30 – 17 h 30 »."""
    return ", ".join(f"{_show(start)} – {_show(end)}" for start, end in plages)


def _show(minute: int) -> str:
    hour, rest = divmod(minute, 60)
    return f"{hour}\u00a0h\u00a0{rest:02d}" if rest else f"{hour}\u00a0h"
