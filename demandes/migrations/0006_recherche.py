"""The search of demandes: its walled table, the triggers that keep it, the only door through which it is read."""

import collectivites.cloison
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

from collectivites.rls import define, wall

# French stems without accents: unaccent comes first, so the stop words that carry one survive (harmless here).
CONFIGURATION = """
CREATE TEXT SEARCH CONFIGURATION public.demandes_fr (COPY = pg_catalog.french);
ALTER TEXT SEARCH CONFIGURATION public.demandes_fr
      ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, french_stem;
"""
INDEX = "CREATE INDEX recherche_demande_mots_gin ON demandes_recherchedemande USING gin (mots) WITH (fastupdate = off)"
# One word is « tenant:month:stem ». Words of more than 40 letters (addresses, codes) are not words.
WORDS = """
CREATE FUNCTION demandes_mois(quand timestamptz) RETURNS int LANGUAGE sql IMMUTABLE AS
$$ SELECT (extract(year FROM quand AT TIME ZONE 'UTC') * 12 + extract(month FROM quand AT TIME ZONE 'UTC'))::int $$;

CREATE FUNCTION demandes_mots(ville bigint, quand timestamptz, textes text) RETURNS tsvector
LANGUAGE sql STABLE SET search_path = public, pg_temp AS
$$ SELECT array_to_tsvector(ARRAY(
     SELECT ville || ':' || demandes_mois(quand) || ':' || mot
       FROM unnest(tsvector_to_array(
              to_tsvector('public.demandes_fr', translate(textes, '-/’''', '    ')))) AS mot
      WHERE length(mot) <= 40)) $$;

CREATE FUNCTION demandes_texte(demande bigint, ville bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS
$$ SELECT coalesce(string_agg(left(m.texte, 10000), ' '), '') FROM (
     SELECT texte FROM demandes_message
      WHERE collectivite_id = ville AND demande_id = demande ORDER BY at LIMIT 200) m $$;
"""
TRIGGERS = """
CREATE FUNCTION demandes_indexer() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE conversation text := '';
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.objet, NEW.description, NEW.domaine, NEW.received_at)
       IS NOT DISTINCT FROM (OLD.objet, OLD.description, OLD.domaine, OLD.received_at) THEN
      RETURN NULL;
    END IF;
    conversation := demandes_texte(NEW.id, NEW.collectivite_id);
  END IF;
  INSERT INTO demandes_recherchedemande (collectivite_id, demande_id, domaine, received_at, mots)
  VALUES (NEW.collectivite_id, NEW.id, NEW.domaine, NEW.received_at,
          demandes_mots(NEW.collectivite_id, NEW.received_at,
                        concat_ws(' ', NEW.numero, NEW.objet, left(NEW.description, 10000), conversation)))
  ON CONFLICT (collectivite_id, demande_id) DO UPDATE
     SET domaine = EXCLUDED.domaine, received_at = EXCLUDED.received_at, mots = EXCLUDED.mots;
  RETURN NULL;
END $$;
CREATE TRIGGER demandes_recherche AFTER INSERT OR UPDATE ON demandes_demande
  FOR EACH ROW EXECUTE FUNCTION demandes_indexer();

CREATE FUNCTION demandes_indexer_message() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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
                    concat_ws(' ', d.numero, d.objet, left(d.description, 10000),
                              demandes_texte(d.id, d.collectivite_id)))
      FROM demandes_demande d
     WHERE d.collectivite_id = NEW.collectivite_id AND d.id = NEW.demande_id
       AND r.collectivite_id = d.collectivite_id AND r.demande_id = d.id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER demandes_recherche_message AFTER INSERT OR UPDATE ON demandes_message
  FOR EACH ROW EXECUTE FUNCTION demandes_indexer_message();
"""
# The filter on the tenant is written « + 0 » so that only the index of words can serve: the other one would walk
# every demande of the town, newest first, when a word is rare.
SEARCH = """
CREATE FUNCTION demandes_chercher(saisis text[], prefixe boolean, lisibles text[], avant timestamptz,
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
        SELECT r.demande_id, r.received_at FROM demandes_recherchedemande r
         WHERE r.mots @@ question AND r.collectivite_id + 0 = ville AND r.domaine = ANY(lisibles)
           AND (r.received_at, r.demande_id) < (avant, avant_id) OFFSET 0) t
      ORDER BY t.received_at DESC, t.demande_id DESC LIMIT combien - trouves;
    GET DIAGNOSTICS lus = ROW_COUNT;
    trouves := trouves + lus;
    mois := mois - 1;
  END LOOP;
END $$
"""
# Every word typed must be there, by one of its stems; the last one may be the beginning of a word.
QUESTION = """
CREATE FUNCTION demandes_question(debut text, saisis text[], prefixe boolean) RETURNS tsquery
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH saisie AS (
    SELECT regexp_replace(mot, '[^a-z0-9]', '', 'g') AS mot, rang = cardinality(saisis) AND prefixe AS est_dernier
      FROM unnest(saisis) WITH ORDINALITY AS u(mot, rang)),
  clauses AS (
    SELECT concat_ws(' | ',
             (SELECT string_agg(quote_literal(debut || radical), ' | ')
                FROM unnest(tsvector_to_array(to_tsvector('public.demandes_fr', mot))) AS radical),
             CASE WHEN est_dernier AND length(mot) >= 3 THEN quote_literal(debut || mot) || ':*' END) AS clause
      FROM saisie)
  SELECT string_agg('(' || clause || ')', ' & ')::tsquery FROM clauses WHERE clause <> '' $$;
"""
# For the owner only, after a bulk load made with the triggers off (ALTER TABLE … DISABLE TRIGGER demandes_recherche).
REBUILD = """
CREATE FUNCTION demandes_reconstruire_recherche() RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE combien bigint;
BEGIN
  SET CONSTRAINTS ALL IMMEDIATE; -- an index is not built over checks still pending
  DROP INDEX IF EXISTS recherche_demande_mots_gin;
  TRUNCATE demandes_recherchedemande;
  INSERT INTO demandes_recherchedemande (collectivite_id, demande_id, domaine, received_at, mots)
  SELECT d.collectivite_id, d.id, d.domaine, d.received_at,
         demandes_mots(d.collectivite_id, d.received_at,
           concat_ws(' ', d.numero, d.objet, left(d.description, 10000), demandes_texte(d.id, d.collectivite_id)))
    FROM demandes_demande d;
  GET DIAGNOSTICS combien = ROW_COUNT;
  CREATE INDEX recherche_demande_mots_gin ON demandes_recherchedemande USING gin (mots) WITH (fastupdate = off);
  RETURN combien;
END $$;
REVOKE ALL ON FUNCTION demandes_reconstruire_recherche() FROM PUBLIC;
"""
SIGNATURE = "demandes_chercher(text[], boolean, text[], timestamptz, bigint, int)"
UNDO = """
DROP TRIGGER IF EXISTS demandes_recherche ON demandes_demande;
DROP TRIGGER IF EXISTS demandes_recherche_message ON demandes_message;
DROP FUNCTION IF EXISTS demandes_indexer(), demandes_indexer_message(), demandes_reconstruire_recherche(),
  demandes_question(text, text[], boolean), demandes_texte(bigint, bigint),
  demandes_mots(bigint, timestamptz, text), demandes_mois(timestamptz);
DROP TEXT SEARCH CONFIGURATION IF EXISTS public.demandes_fr;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('collectivites', '0002_mur'),
        ('demandes', '0005_entrees_par_expediteur'),
    ]

    operations = [
        migrations.CreateModel(
            name='RechercheDemande',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('domaine', models.CharField(max_length=20, verbose_name='domaine')),
                ('received_at', models.DateTimeField(verbose_name='reçue le')),
                ('mots', django.contrib.postgres.search.SearchVectorField(verbose_name='mots')),
                ('collectivite', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='collectivites.collectivite', verbose_name='collectivité')),
                ('demande', collectivites.cloison.ClefCloisonnee(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='demandes.demande')),
            ],
            options={
                'verbose_name': 'recherche de demandes',
                'indexes': [models.Index(fields=['collectivite', 'received_at'], name='recherche_demande_mois_idx')],
                'constraints': [models.UniqueConstraint(models.F('collectivite'), models.F('demande'), name='recherche_demande_unique')],
            },
        ),
        wall("demandes_recherchedemande", parents={"demande_id": "demandes_demande"}),
        migrations.RunSQL(INDEX, "DROP INDEX IF EXISTS recherche_demande_mots_gin"),
        migrations.RunSQL(CONFIGURATION + WORDS + QUESTION + TRIGGERS + REBUILD, UNDO),
        define(SEARCH, signature=SIGNATURE),
        migrations.RunSQL("SELECT demandes_reconstruire_recherche()", migrations.RunSQL.noop),
    ]
