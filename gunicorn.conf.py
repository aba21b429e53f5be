"""Read by gunicorn at its start: its workers share the counters of /metriques (config/mesures_partagees.py)."""

import os
from pathlib import Path
from typing import Any

from config.mesures_partagees import RANG, choose_rank, prepare

# One directory a master, so that two servers of one machine don't mix; --preload imports the application after this.
prepare(Path(os.environ.get("DONNEES", ".guichet")) / "metriques" / str(os.environ.get("PORT", "8000")))


def pre_fork(server: Any, worker: Any) -> None:
    """Give the new worker the rank that a dead one left."""
    worker.rang = choose_rank({other.rang for other in server.WORKERS.values()})


def post_fork(server: Any, worker: Any) -> None:
    """Name the files of this worker by its rank."""
    os.environ[RANG] = f"ouvrier{worker.rang}"
