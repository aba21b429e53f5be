"""Rendez-vous, for programs."""
