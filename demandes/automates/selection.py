"""What was ticked in the list: « 12:3 » is the demande 12 as it was at version 3."""

import re
from dataclasses import dataclass

from django.http import QueryDict

from demandes.automates.groupee import MAXIMUM

_COCHE = re.compile(r"(\d{1,18}):(\d{1,9})", re.ASCII)


@dataclass(frozen=True)
class Selection:
    """The demandes ticked, and the gesture chosen. `brut` is what a page posts again."""

    vises: list[tuple[int, int]]
    geste: str

    @property
    def brut(self) -> list[str]:
        """The values of the boxes."""
        return [f"{pk}:{version}" for pk, version in self.vises]


def read_selection(post: QueryDict) -> Selection:
    """Read the boxes, or the whole page when « Toute la page » was pressed. Nonsense is read as nothing."""
    boxes = post.getlist("d")
    if post.get("toutes"):
        boxes = post.get("page", "").split(",")
    found = [each for box in boxes[:MAXIMUM] if (each := _COCHE.fullmatch(box))]
    return Selection(sorted({int(each[1]): int(each[2]) for each in found}.items()), post.get("geste", "")[:30])
