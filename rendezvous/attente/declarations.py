"""The waiting list listens to appointments."""

from rendezvous.attente.ecoute import follow
from rendezvous.evenements import ecouteurs


def declare_all() -> None:
    """Follow what frees a place, and what ends a wait."""
    ecouteurs.add("plus_tot", follow, rang=40)
