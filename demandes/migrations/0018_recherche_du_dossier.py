"""The search also knows the place and the answers to the form; one function says what the words of a demande are."""

from django.db import migrations

# Values only: the codes of the fields are not words anybody wrote.
DOSSIER = """
CREATE FUNCTION demandes_dossier(d public.demandes_demande) RETURNS text
LANGUAGE sql STABLE AS
$$ SELECT concat_ws(' ', d.numero, d.objet, left(d.description, 10000), d.lieu,
     CASE WHEN d.reponses <> '{}'::jsonb THEN (
       SELECT left(string_agg(valeur #>> '{}', ' '), 10000) FROM jsonb_path_query(d.reponses, '$.**') AS valeur
        WHERE jsonb_typeof(valeur) IN ('string', 'number')) END) $$;
"""
INDEXER = """
CREATE OR REPLACE FUNCTION demandes_indexer() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE conversation text := '';
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.objet, NEW.description, NEW.domaine, NEW.received_at, NEW.lieu, NEW.reponses)
       IS NOT DISTINCT FROM (OLD.objet, OLD.description, OLD.domaine, OLD.received_at, OLD.lieu, OLD.reponses) THEN
      RETURN NULL;
    END IF;
    conversation := demandes_texte(NEW.id, NEW.collectivite_id);
  END IF;
  INSERT INTO demandes_recherchedemande (collectivite_id, demande_id, domaine, received_at, mots)
  VALUES (NEW.collectivite_id, NEW.id, NEW.domaine, NEW.received_at,
          demandes_mots(NEW.collectivite_id, NEW.received_at,
                        concat_ws(' ', demandes_dossier(NEW), conversation)))
  ON CONFLICT (collectivite_id, demande_id) DO UPDATE
     SET domaine = EXCLUDED.domaine, received_at = EXCLUDED.received_at, mots = EXCLUDED.mots;
  RETURN NULL;
END $$;
"""
MESSAGE = """
CREATE OR REPLACE FUNCTION demandes_indexer_message() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN -- add its words; a conversation of 20,000 distinct words keeps those it has
    UPDATE demandes_recherchedemande r SET mots = r.mots || nouveaux.mots
      FROM (SELECT demandes_mots(NEW.collectivite_id, x.received_at, left(NEW.texte, 10000)) AS mots
              FROM demandes_recherchedemande x
             WHERE x.collectivite_id = NEW.collectivite_id AND x.demande_id = NEW.demande_id) AS nouveaux
     WHERE r.collectivite_id = NEW.collectivite_id AND r.demande_id = NEW.demande_id
       AND length(r.mots) < 20000 AND (r.mots || nouveaux.mots) IS DISTINCT FROM r.mots;
  ELSIF NEW.texte IS DISTINCT FROM OLD.texte THEN -- erased or rewritten: the old words must go
    UPDATE demandes_recherchedemande r
       SET mots = demandes_mots(d.collectivite_id, d.received_at,
                    concat_ws(' ', demandes_dossier(d), demandes_texte(d.id, d.collectivite_id)))
      FROM demandes_demande d
     WHERE d.collectivite_id = NEW.collectivite_id AND d.id = NEW.demande_id
       AND r.collectivite_id = d.collectivite_id AND r.demande_id = d.id;
  END IF;
  RETURN NULL;
END $$;
"""
DEPLACES = """
CREATE OR REPLACE FUNCTION demandes_indexer_deplaces() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE demandes_recherchedemande r
     SET mots = demandes_mots(d.collectivite_id, d.received_at,
                  concat_ws(' ', demandes_dossier(d), demandes_texte(d.id, d.collectivite_id)))
    FROM demandes_demande d
   WHERE r.collectivite_id = d.collectivite_id AND r.demande_id = d.id
     AND (d.collectivite_id, d.id) IN (
           SELECT a.collectivite_id, unnest(ARRAY[a.demande_id, b.demande_id])
             FROM avant a JOIN apres b ON b.id = a.id WHERE a.demande_id <> b.demande_id);
  RETURN NULL;
END $$;
"""
REBUILD = """
CREATE OR REPLACE FUNCTION demandes_reconstruire_recherche() RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  combien bigint;
  clefs jsonb;
  clef jsonb;
BEGIN
  SELECT coalesce(jsonb_agg(jsonb_build_object('nom', conname, 'regle', pg_get_constraintdef(oid))), '[]')
    INTO clefs FROM pg_constraint WHERE conrelid = 'demandes_recherchedemande'::regclass AND contype = 'f';
  FOR clef IN SELECT jsonb_array_elements(clefs) LOOP
    EXECUTE format('ALTER TABLE demandes_recherchedemande DROP CONSTRAINT %I', clef->>'nom');
  END LOOP;
  DROP INDEX IF EXISTS recherche_demande_mots_gin;
  TRUNCATE demandes_recherchedemande;
  INSERT INTO demandes_recherchedemande (collectivite_id, demande_id, domaine, received_at, mots)
  SELECT d.collectivite_id, d.id, d.domaine, d.received_at,
         demandes_mots(d.collectivite_id, d.received_at,
           concat_ws(' ', demandes_dossier(d), demandes_texte(d.id, d.collectivite_id)))
    FROM demandes_demande d;
  GET DIAGNOSTICS combien = ROW_COUNT;
  CREATE INDEX recherche_demande_mots_gin ON demandes_recherchedemande USING gin (mots) WITH (fastupdate = off);
  FOR clef IN SELECT jsonb_array_elements(clefs) LOOP -- checked at once, by a join
    EXECUTE format('ALTER TABLE demandes_recherchedemande ADD CONSTRAINT %I %s', clef->>'nom', clef->>'regle');
  END LOOP;
  RETURN combien;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("demandes", "0017_recherche_suit_les_messages")]

    operations = [migrations.RunSQL(DOSSIER + INDEXER + MESSAGE + DEPLACES + REBUILD, migrations.RunSQL.noop)]
