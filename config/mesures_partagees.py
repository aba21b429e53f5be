"""Counters shared by the workers of gunicorn: one file a worker, summed when they are read.

prometheus_client names the files by process id, so each recycled worker would leave one more for ever. We name them by
the rank of the worker: a new one continues the file of the one it replaces. `gunicorn.conf.py` gives the ranks.
"""

import os
import shutil
from pathlib import Path

DOSSIER = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client reads it when it is imported
RANG = "GUICHET_RANG_OUVRIER"


def prepare(dossier: Path) -> None:
    """Empty the directory and switch the sharing on; before prometheus_client is imported, in the master only."""
    shutil.rmtree(dossier, ignore_errors=True)
    dossier.mkdir(mode=0o700, parents=True)
    os.environ[DOSSIER] = str(dossier)


def choose_rank(taken: set[int]) -> int:
    """Return the lowest free rank."""
    return min(set(range(len(taken) + 1)) - taken)


def identify() -> str:
    """Return what names the files of this process."""
    return os.environ.get(RANG) or f"maitre{os.getpid()}"


def is_shared() -> bool:
    """True in a worker of gunicorn."""
    return bool(os.environ.get(DOSSIER))
