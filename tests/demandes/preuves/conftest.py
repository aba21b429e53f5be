"""The same town as letters: what proves a demande is written there."""

from tests.demandes.lettres.conftest import agent, at, demande, depot, ecrire, postale, poste, ville

__all__ = ["agent", "at", "demande", "depot", "ecrire", "postale", "poste", "ville"]
