"""`manage.py preparer_base`: roles, extensions, schema. Safe to run again; the only command that needs rights."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from collectivites.preparation import create_roles_and_extensions, use_role


class Command(BaseCommand):
    """Create the roles the wall stands on, then migrate as the owner of the tables."""

    help = "Crée les rôles et les extensions PostgreSQL, puis applique les migrations."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the three steps. Raises CommandError with a French sentence when the database refuses."""
        try:
            use_role(None)
            create_roles_and_extensions()
        except DatabaseError as error:
            raise CommandError(
                "La base refuse la préparation. L'utilisateur de DATABASE_URL doit pouvoir créer des rôles, ou un "
                f"administrateur doit créer {settings.ROLE_PROPRIETAIRE} et {settings.ROLE_APP} avant. ({error})"
            ) from error
        use_role(settings.ROLE_PROPRIETAIRE)
        call_command("migrate", verbosity=options["verbosity"], interactive=False)
        connection.close()
