"""Numbers of appointments come from a sequence: drawing one makes nobody wait for the commit of another booking."""

from django.conf import settings
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("rendezvous", "0005_lots_de_rendezvous")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE rendezvous_numeros; SELECT setval('rendezvous_numeros', (SELECT coalesce(max(substring("
            "numero from '[0-9]+$')::bigint), 0) + 1 FROM rendezvous_rendezvous WHERE numero LIKE 'RDV-%'), false); "
            f"GRANT USAGE ON SEQUENCE rendezvous_numeros TO {settings.ROLE_APP}",
            "DROP SEQUENCE rendezvous_numeros",
        )
    ]
