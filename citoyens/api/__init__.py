"""Usagers, for programs."""
