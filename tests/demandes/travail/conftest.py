"""Screens of shared work: the same browsers as the other screens."""

from tests.demandes.ecrans.conftest import client_de, maintenant, poste  # noqa: F401
