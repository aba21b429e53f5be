"""The collector of SMS sees, over every town, which accounts to read: (collectivite_id, id) and nothing else."""

from django.db import migrations

from collectivites.rls import define

COMPTES = """
CREATE FUNCTION messagerie_comptes_a_relever(combien int)
RETURNS TABLE(collectivite_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT c.collectivite_id, c.id FROM messagerie_comptesms c
    WHERE c.is_active AND c.fournisseur = 'ovh' ORDER BY c.id LIMIT combien $$
"""


class Migration(migrations.Migration):
    dependencies = [("messagerie", "0006_pieces")]

    operations = [define(COMPTES, signature="messagerie_comptes_a_relever(int)")]
