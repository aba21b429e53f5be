"""Demandes, for programs."""
