"""Sixth floor: tickets, counters, waiting-room screens."""

from django.apps import AppConfig


class FileAttenteConfig(AppConfig):
    """Sixth floor: tickets, counters, waiting-room screens."""

    name = "file_attente"
    verbose_name = "File d'attente"
