"""Asking a background worker for something, once what it needs is committed. Never raises, never insists.

A request must not fail, nor wait, because the broker is away: what is lost here is found again by a sweeper.
"""

import logging
import time

from celery import current_app

SILENCE = 10.0  # seconds without asking after the broker refused once: each refusal takes its own time
trace = logging.getLogger("guichet.ouvriers")
_sourd_jusqu_a = 0.0


def ask_worker(tache: str, *ids: object, expires: int = 60) -> None:
    """Send one task by its name; `ids` are its arguments (ids only: they travel through Redis). Useless after
    `expires` seconds, when the sweeper has asked again."""
    global _sourd_jusqu_a  # noqa: PLW0603 one circuit breaker a process
    if time.monotonic() < _sourd_jusqu_a:
        return
    try:
        current_app.send_task(tache, ids, retry=False, expires=expires, ignore_result=True)
    except Exception as error:  # noqa: BLE001 whatever ails the broker, the sweeper will ask
        _sourd_jusqu_a = time.monotonic() + SILENCE
        trace.warning("signal_perdu", extra={"tache": tache, "cause": type(error).__name__})
