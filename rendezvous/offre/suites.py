"""A lieu changed time zone: its ranges open at other instants."""

from celery import current_app


def ask_projection(collectivite_id: int) -> None:
    """Ask for the occurrences of the town to be compared with their rules; lost, the night does it."""
    current_app.send_task("rendezvous.tasks.extend_offre_ville", (collectivite_id,), queue="courant", expires=3600)
