"""The sweeper of uploads whose form was never sent: ids only."""

from django.db import migrations

from collectivites.rls import define

PERIMES = """
CREATE FUNCTION demandes_depots_perimes(avant timestamptz, combien int)
RETURNS TABLE(collectivite_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT x.collectivite_id, x.id FROM demandes_piecedeposee x WHERE x.at < avant ORDER BY x.at LIMIT combien $$
"""


class Migration(migrations.Migration):
    dependencies = [("demandes", "0011_murs_de_la_demande")]

    operations = [define(PERIMES, signature="demandes_depots_perimes(timestamptz, int)")]
