"""The browser of an agent, as for the other screens."""

from tests.demandes.ecrans.conftest import client_de, poste

__all__ = ["client_de", "poste"]
