"""One index for the search, whatever the plan; a rebuild that checks its keys once instead of once a row.

Measured at 3,000,000 demandes in one town: once PostgreSQL turned to a generic plan, it also read the index of dates
(4 s a search) because the key of the page stood beside the words. The rebuild spent half its time on foreign keys.
"""

from django.db import migrations

# The words are alone inside: nothing there can call for another index. What remains is checked on the rows found.
SEARCH = """
CREATE OR REPLACE FUNCTION demandes_chercher(saisis text[], prefixe boolean, lisibles text[], avant timestamptz,
                                             avant_id bigint, combien int)
RETURNS TABLE(demande_id bigint, received_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  ville bigint := current_setting('app.collectivite')::bigint;
  mois int;
  premier int;
  trouves int := 0;
  lus int;
  question tsquery;
BEGIN
  SELECT demandes_mois(min(r.received_at)), least(demandes_mois(avant), demandes_mois(max(r.received_at)))
    INTO premier, mois FROM demandes_recherchedemande r WHERE r.collectivite_id = ville;
  WHILE mois >= premier AND trouves < combien LOOP
    question := demandes_question(ville || ':' || mois || ':', saisis, prefixe);
    EXIT WHEN question IS NULL;
    RETURN QUERY
      SELECT t.demande_id, t.received_at FROM (
        SELECT r.demande_id, r.received_at, r.collectivite_id, r.domaine
          FROM demandes_recherchedemande r WHERE r.mots @@ question OFFSET 0) t
       WHERE t.collectivite_id = ville AND t.domaine = ANY(lisibles)
         AND (t.received_at, t.demande_id) < (avant, avant_id)
      ORDER BY t.received_at DESC, t.demande_id DESC LIMIT combien - trouves;
    GET DIAGNOSTICS lus = ROW_COUNT;
    trouves := trouves + lus;
    mois := mois - 1;
  END LOOP;
END $$;
"""
# No SET here: PostgreSQL can then inline them; every name says its schema.
WORDS = """
CREATE OR REPLACE FUNCTION demandes_mots(ville bigint, quand timestamptz, textes text) RETURNS tsvector
LANGUAGE sql STABLE AS
$$ SELECT array_to_tsvector(ARRAY(
     SELECT ville || ':' || public.demandes_mois(quand) || ':' || mot
       FROM unnest(tsvector_to_array(
              to_tsvector('public.demandes_fr', translate(textes, '-/’''', '    ')))) AS mot
      WHERE length(mot) <= 40)) $$;

CREATE OR REPLACE FUNCTION demandes_texte(demande bigint, ville bigint) RETURNS text
LANGUAGE sql STABLE AS
$$ SELECT coalesce(string_agg(left(m.texte, 10000), ' '), '') FROM (
     SELECT texte FROM public.demandes_message
      WHERE collectivite_id = ville AND demande_id = demande ORDER BY at LIMIT 200) m $$;
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
           concat_ws(' ', d.numero, d.objet, left(d.description, 10000), demandes_texte(d.id, d.collectivite_id)))
    FROM demandes_demande d;
  GET DIAGNOSTICS combien = ROW_COUNT;
  CREATE INDEX recherche_demande_mots_gin ON demandes_recherchedemande USING gin (mots) WITH (fastupdate = off);
  FOR clef IN SELECT jsonb_array_elements(clefs) LOOP -- checked at once, by a join
    EXECUTE format('ALTER TABLE demandes_recherchedemande ADD CONSTRAINT %I %s', clef->>'nom', clef->>'regle');
  END LOOP;
  RETURN combien;
END $$;
REVOKE ALL ON FUNCTION demandes_reconstruire_recherche() FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("demandes", "0007_mesures")]

    operations = [
        migrations.RunSQL(WORDS + REBUILD + SEARCH, migrations.RunSQL.noop),  # grants stay those of 0006
    ]
