"""Runs the reading of a calendar in a process of its own, bounded in time: see `ics_lecture.py`."""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from rendezvous.echanges.ics_lecture import AgendaIllisible, Occupe

PATIENCE = 40.0  # seconds of clock; the processor has less


@dataclass(frozen=True)
class Lecture:
    """Taken times (UTC, merged, in order) and how many events could not be read."""

    occupe: list[Occupe]
    ignores: int


def read_apart(corps: bytes, *, genre: str, fuseau: str, du: datetime, au: datetime) -> Lecture:
    """Read a calendar in a bounded process, which has neither our database nor our secrets.

    Raises AgendaIllisible, also when the bounds were reached.
    """
    asked = {"genre": genre, "fuseau": fuseau, "du": du.isoformat(), "au": au.isoformat()}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "rendezvous.echanges.ics_lecture"],  # no shell, nothing of the calendar here
            input=json.dumps(asked).encode() + b"\n" + corps,
            capture_output=True, timeout=PATIENCE, cwd=settings.RACINE, env={"LANG": "C.UTF-8"}, check=True,
        )  # fmt: skip
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        raise AgendaIllisible(
            "Cet agenda est trop lourd à déplier\u00a0: une répétition démesurée, sans doute."
        ) from None
    issue = json.loads(done.stdout)
    if "erreur" in issue:
        raise AgendaIllisible(issue["erreur"])
    pairs = [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in issue["occupe"]]
    return Lecture(pairs, issue["ignores"])
