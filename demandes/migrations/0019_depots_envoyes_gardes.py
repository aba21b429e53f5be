"""Uploads of a form that was sent and is still to be read (quarantaine, workers stopped) wait as long as it does."""

from django.db import migrations

SANS_FORMULAIRE_EN_ATTENTE = """
CREATE OR REPLACE FUNCTION demandes_depots_perimes(avant timestamptz, combien int)
RETURNS TABLE(collectivite_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT x.collectivite_id, x.id FROM demandes_piecedeposee x
    WHERE x.at < avant
      AND NOT EXISTS (SELECT 1 FROM demandes_entree e
                       WHERE e.collectivite_id = x.collectivite_id AND e.canal = 'formulaire'
                         AND e.externe_id = 'depot:' || x.clef::text AND e.etat <> 'traitee')
    ORDER BY x.at LIMIT combien $$
"""
TOUS = """
CREATE OR REPLACE FUNCTION demandes_depots_perimes(avant timestamptz, combien int)
RETURNS TABLE(collectivite_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT x.collectivite_id, x.id FROM demandes_piecedeposee x WHERE x.at < avant ORDER BY x.at LIMIT combien $$
"""


class Migration(migrations.Migration):
    dependencies = [("demandes", "0018_recherche_du_dossier")]

    operations = [migrations.RunSQL(SANS_FORMULAIRE_EN_ATTENTE, TOUS)]
