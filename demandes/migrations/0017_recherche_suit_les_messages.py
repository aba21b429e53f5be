"""A message that moves to another demande (merge, split) takes its words along in the search."""

from django.db import migrations

SUIVRE = """
CREATE FUNCTION demandes_indexer_deplaces() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE demandes_recherchedemande r
     SET mots = demandes_mots(d.collectivite_id, d.received_at,
                  concat_ws(' ', d.numero, d.objet, left(d.description, 10000),
                            demandes_texte(d.id, d.collectivite_id)))
    FROM demandes_demande d
   WHERE r.collectivite_id = d.collectivite_id AND r.demande_id = d.id
     AND (d.collectivite_id, d.id) IN (
           SELECT a.collectivite_id, unnest(ARRAY[a.demande_id, b.demande_id])
             FROM avant a JOIN apres b ON b.id = a.id WHERE a.demande_id <> b.demande_id);
  RETURN NULL;
END $$;
CREATE TRIGGER demandes_recherche_deplaces AFTER UPDATE ON demandes_message
  REFERENCING OLD TABLE AS avant NEW TABLE AS apres
  FOR EACH STATEMENT EXECUTE FUNCTION demandes_indexer_deplaces();
"""
DEFAIRE = """
DROP TRIGGER IF EXISTS demandes_recherche_deplaces ON demandes_message;
DROP FUNCTION IF EXISTS demandes_indexer_deplaces();
"""


class Migration(migrations.Migration):
    dependencies = [("demandes", "0016_regles_d_evenement")]

    operations = [migrations.RunSQL(SUIVRE, DEFAIRE)]
