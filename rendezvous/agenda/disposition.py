"""Where a block stands in a column of the agenda: lanes for what overlaps, hours for what is shown. Pure.

Everything is in minutes of the local day, [debut, fin[. The style sheet turns classes into places, because the content
policy allows no style on an element: « h9 t3 u0 fh10 ft0 fu0 v1 w2 ».
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rendezvous.heures import MINUTES_JOUR

VOIES_MAX = 8  # lanes the style sheet knows; beyond, blocks share the last one
CIBLE = 24  # pixels: the least height of what one clicks (WCAG 2.5.8)
ECHELLES = ((20, 1), (15, 2), (0, 3))  # shortest length shown (minutes) → scale of the style sheet
PIXELS = {1: 1.25, 2: 1.65, 3: 2.4}  # a minute, at each scale; the same figures as agenda.css
AMPLITUDE = (8 * 60, 18 * 60)  # what an empty day shows


@dataclass(frozen=True)
class Voie:
    """Which lane, out of how many."""

    rang: int
    nombre: int


def lay_out(blocs: Sequence[tuple[int, int]]) -> list[Voie]:
    """Return the lane of each block, in the order given: blocks that overlap stand side by side, first come left."""
    order = sorted(range(len(blocs)), key=lambda index: (blocs[index][0], -blocs[index][1]))
    found: list[Voie] = [Voie(0, 1)] * len(blocs)
    group: list[tuple[int, int]] = []
    ends: list[int] = []
    for index in order:
        start, end = blocs[index]
        if ends and start >= max(ends):
            _close(found, group, len(ends))
            group, ends = [], []
        lane = next((rank for rank, busy in enumerate(ends) if busy <= start), len(ends))
        ends[lane:] = [end, *ends[lane + 1 :]]
        group.append((index, lane))
    _close(found, group, len(ends))
    return found


def _close(found: list[Voie], group: list[tuple[int, int]], lanes: int) -> None:
    """Now that a cluster ends, its width is known."""
    for index, lane in group:
        found[index] = Voie(min(lane, VOIES_MAX - 1), min(lanes, VOIES_MAX))


def choose_echelle(durees: Iterable[int]) -> int:
    """Return the scale (1 to 3) at which the shortest block can still be clicked."""
    shortest = min(durees, default=ECHELLES[0][0])
    return next(scale for least, scale in ECHELLES if shortest >= least)


def show_fin(debut: int, fin: int, echelle: int) -> int:
    """Return where a block ends on screen: as tall as a finger needs, whatever its length."""
    return max(fin, debut + round(CIBLE / PIXELS[echelle]))


def bound_heures(spans: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Return the first and the last hour shown (0 to 24): full hours around everything, or those of an empty day."""
    known = list(spans) or [AMPLITUDE]
    first = min(start for start, _ in known) // 60
    last = -(-min(MINUTES_JOUR, max(end for _, end in known)) // 60)
    return first, max(last, min(24, first + 4))


def _write_minute(minute: int, prefix: str) -> str:
    hours, rest = divmod(minute, 60)
    return f"{prefix}h{hours} {prefix}t{rest // 10} {prefix}u{rest % 10}"


def write_place(debut: int, fin: int, voie: Voie | None = None) -> str:
    """Return the classes that put a block at its place."""
    place = f"{_write_minute(debut, '')} {_write_minute(fin, 'f')}"
    return f"{place} v{voie.rang} w{voie.nombre}" if voie and voie.nombre > 1 else place
