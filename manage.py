#!/usr/bin/env python
"""Django's command line. Schema commands run as the owner of the tables, everything else as the walled role."""

import os
import sys

SCHEMA_COMMANDS = {"migrate", "preparer_base", "peupler", "sqlmigrate", "showmigrations", "optimizemigration"}


def main() -> None:
    """Run one command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    if SCHEMA_COMMANDS & set(sys.argv[1:2]):
        os.environ.setdefault("GUICHET_ROLE_BASE", "guichet_proprietaire")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 the environment comes first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
