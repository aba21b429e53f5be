"""Tells the workers that a row is due. A nudge lost is found again by the sweeper: nothing here may fail a request."""

from socle.ouvriers import ask_worker

TACHE = "messagerie.tasks.send_envoi"


def nudge(collectivite_id: int, envoi_id: int) -> None:
    """Publish one task. Never raises."""
    ask_worker(TACHE, collectivite_id, envoi_id)
