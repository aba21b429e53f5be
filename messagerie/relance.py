"""Tells the workers that a row is due. A nudge lost is found again by the sweeper: nothing here may fail a request."""

import logging
import threading
import time

from celery import current_app

trace = logging.getLogger("guichet.messagerie")
SILENCE = 10.0  # seconds without a nudge after the broker refused one: a request must not wait for it each time
TACHE = "messagerie.tasks.send_envoi"
_verrou = threading.Lock()
_sourd_jusqu_a = 0.0


def nudge(collectivite_id: int, envoi_id: int) -> None:
    """Publish one task. Never raises."""
    global _sourd_jusqu_a  # noqa: PLW0603 one circuit breaker a process
    if time.monotonic() < _sourd_jusqu_a:
        return
    try:
        current_app.send_task(TACHE, (collectivite_id, envoi_id), retry=False, expires=60, ignore_result=True)
    except Exception as error:  # noqa: BLE001 whatever the broker says, the sweeper will do it
        with _verrou:
            _sourd_jusqu_a = time.monotonic() + SILENCE
        trace.warning("signal_perdu", extra={"cause": type(error).__name__})
