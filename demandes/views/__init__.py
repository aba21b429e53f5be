"""Screens of demandes."""
