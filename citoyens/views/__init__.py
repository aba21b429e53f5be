"""Screens about usagers."""
