"""The hours of one day: ordered blocks of wall-clock minutes, disjoint, inside the day."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from rendezvous.heures import MINUTES_JOUR, is_heure_reelle
from rendezvous.offre.refus import BlocsRefuses
from socle.ecriture import write_jour

__all__ = ["BlocsRefuses", "check_blocs", "check_heures_reelles", "write_bloc"]

BLOCS_MAX = 8


def check_blocs(blocs: Sequence[tuple[int, int]]) -> None:
    """Accept the blocks [first minute, last minute excluded] of a local day, 1 to 8. Raises BlocsRefuses.

    One block must come after the other: out of order, a list of hours is misread (RDV-SP, pull request 6251).
    """
    if not 1 <= len(blocs) <= BLOCS_MAX:
        raise BlocsRefuses(f"Donnez les heures de la plage\u00a0: de 1 à {BLOCS_MAX}\u00a0blocs dans la journée.")
    for bloc in blocs:
        _check_one(*bloc)
    for before, after in pairwise(blocs):
        if after[0] < before[0]:
            raise BlocsRefuses(
                f"Le bloc {write_bloc(*after)} vient avant {write_bloc(*before)}\u00a0: écrivez-les dans l'ordre."
            )
        if after[0] < before[1]:
            raise BlocsRefuses(f"Les blocs {write_bloc(*before)} et {write_bloc(*after)} se chevauchent.")


def _check_one(start: int, end: int) -> None:
    if start < 0 or end > MINUTES_JOUR:
        raise BlocsRefuses("Un bloc tient dans la journée, de 0\u00a0h\u00a000 à 24\u00a0h\u00a000.")
    if start == end:
        raise BlocsRefuses(f"Le bloc {write_bloc(start, end)} ne dure rien\u00a0: vérifiez ses heures.")
    if start > end:
        raise BlocsRefuses(
            f"Le bloc {write_bloc(start, end)} finit avant de commencer. S'il passe minuit, faites deux plages\u00a0: "
            "l'une jusqu'à 24\u00a0h\u00a000, l'autre le lendemain à partir de 0\u00a0h\u00a000."
        )


def check_heures_reelles(blocs: Sequence[tuple[int, int]], *, jour: date, fuseau: str) -> None:
    """Refuse a time that the change of time skips that day: what is typed for one day is meant. Raises BlocsRefuses.

    A repetition is not refused: on that one day its time is shifted forward by the gap.
    """
    for minute in (minute for bloc in blocs for minute in bloc):
        if not is_heure_reelle(jour, minute, fuseau):
            raise BlocsRefuses(
                f"Le {write_jour(jour, annee=True)}, {_write_minute(minute)} n'existe pas\u00a0: "
                "les horloges avancent cette nuit-là. Choisissez une autre heure."
            )


def write_bloc(start: int, end: int) -> str:
    """Return « 9 h 00 – 12 h 30 »."""
    return f"{_write_minute(start)}\u00a0– {_write_minute(end)}"


def _write_minute(minute: int) -> str:
    return f"{minute // 60}\u00a0h\u00a0{minute % 60:02d}"
