"""Figures of the entries for /metriques: counts and ages over all towns, never a row, never a tenant."""

from django.db import migrations

from collectivites.rls import define

# Two queries, one partial index each.
FIGURES = """
CREATE FUNCTION demandes_mesures(maintenant timestamptz)
RETURNS TABLE(etat text, nombre bigint, age double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT 'recue', count(*), extract(epoch FROM maintenant - min(e.received_at))::double precision
     FROM demandes_entree e WHERE e.etat = 'recue'
   UNION ALL
   SELECT 'quarantaine', count(*), extract(epoch FROM maintenant - min(e.received_at))::double precision
     FROM demandes_entree e WHERE e.etat = 'quarantaine' $$
"""


class Migration(migrations.Migration):
    dependencies = [("demandes", "0006_recherche")]

    operations = [define(FIGURES, signature="demandes_mesures(timestamptz)")]
