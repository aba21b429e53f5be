"""First floor: tenants, services, places, hours, agents, roles, the wall."""

from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class CollectivitesConfig(AppConfig):
    """Installs the guard of the wall on every database connection."""

    name = "collectivites"
    verbose_name = "Collectivités"

    def ready(self) -> None:
        """Translate PostgreSQL's refusal on each new connection; register the role check."""
        from collectivites import garde  # noqa: F401 registration happens on import
        from collectivites.cloison import translate_refusal

        def install(connection: Any, **_: Any) -> None:
            if translate_refusal not in connection.execute_wrappers:
                connection.execute_wrappers.append(translate_refusal)

        connection_created.connect(install, weak=False, dispatch_uid="collectivites.cloison")
