"""The index is computed for all the usagers of a statement at once, a rebuild by batches.

The phonetic key keeps its rules; those without a pattern no longer use regular expressions (PostgreSQL keeps 32
compiled, the first version needed more and compiled them again for each word).
"""

from django.db import migrations

CLEF = r"""
CREATE OR REPLACE FUNCTION citoyens_clef(mot text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE clef text := regexp_replace(mot, '[^a-z]+', '', 'g');
BEGIN
  clef := replace(replace(replace(clef, 'ph', 'f'), 'sch', 'ch'), 'sh', 'ch');
  clef := replace(regexp_replace(clef, 'ch([rl])', 'k\1', 'g'), 'ch', 'C');
  clef := replace(translate(clef, 'ywh', 'iv'), 'bv', 'v');
  clef := regexp_replace(clef, '(eau|au)(lt|ld|ts|ds|t|d|x|s)?$', 'o', 'g');
  clef := replace(replace(replace(clef, 'eau', 'o'), 'au', 'o'), 'ou', 'u');
  clef := regexp_replace(clef, 'qu|ck|q', 'k', 'g');
  clef := replace(regexp_replace(clef, 'c([eiI])', 's\1', 'g'), 'c', 'k');
  clef := regexp_replace(regexp_replace(clef, 'gu([ei])', 'G\1', 'g'), 'g([ei])', 'j\1', 'g');
  clef := replace(clef, 'G', 'g');
  clef := regexp_replace(clef, '(ain|ein|aim|eim|in|im|un|um)($|[^aeiounm])', 'I\2', 'g');
  clef := regexp_replace(clef, '(en|em|an|am)($|[^aeiounm])', 'A\2', 'g');
  clef := regexp_replace(clef, '(on|om)($|[^aeiounm])', 'O\2', 'g');
  clef := regexp_replace(regexp_replace(clef, 'oeu|oe|eu', 'e', 'g'), 'ai|ei', 'e', 'g');
  clef := regexp_replace(translate(clef, 'xz', 'ss'), '([a-zA-Z])\1+', '\1', 'g');
  clef := regexp_replace(clef, '([a-zA-Z][^e])[tdspk]+$', '\1', 'g');
  clef := regexp_replace(clef, '([a-zA-Z]{2})(er|et|ee|es)$', '\1e', 'g');
  clef := regexp_replace(clef, '([a-zA-Z][^aeiou])e$', '\1', 'g');
  RETURN coalesce(nullif(clef, ''), mot);
END $$
"""
VOIES = (
    "rue avenue av ave boulevard bd bld place pl impasse imp chemin che allee allees route rte quai square cours "
    "lotissement residence de du des la le les l d et a au aux en sur bis ter cedex"
)
# Tokens « <tenant>:<kind><value> »: n name words, p sound of surnames, d birth YYYYMMDD, s SIRET or RNA, e e-mail,
# t national number, r the same backwards (its end is then a prefix), a address words.
INDEXER = f"""
CREATE OR REPLACE FUNCTION citoyens_indexer(usagers bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF cardinality(usagers) = 0 THEN RETURN; END IF;
  WITH noms AS MATERIALIZED (
    SELECT u.collectivite_id AS c, u.id, u.naissance_on, u.siret, u.rna, citoyens_normaliser(u.nom) AS nom,
           citoyens_normaliser(u.nom_naissance) AS naissance, citoyens_normaliser(u.prenoms) AS prenoms
      FROM citoyens_usager u WHERE u.id = ANY (usagers)
  ), famille AS MATERIALIZED (
    SELECT n.c, n.id, m.mot FROM noms n, unnest(
             string_to_array(n.nom || ' ' || n.naissance, ' ') || replace(n.nom, ' ', '') || replace(n.naissance, ' ', '')
           ) AS m(mot) WHERE m.mot <> ''
  ), sons AS MATERIALIZED (
    SELECT d.mot, citoyens_clef(d.mot) AS son FROM (SELECT DISTINCT mot FROM famille) d
  ), points AS MATERIALIZED (
    SELECT n.c, n.id, p.nature, p.normalisee AS valeur,
           CASE WHEN p.normalisee ^@ '+33' THEN '0' || substr(p.normalisee, 4) ELSE substr(p.normalisee, 2) END AS numero
      FROM noms n JOIN citoyens_liencontact l ON l.collectivite_id = n.c AND l.usager_id = n.id
      JOIN citoyens_pointcontact p ON p.collectivite_id = l.collectivite_id AND p.id = l.point_id
  ), jetons(c, id, jeton) AS (
    SELECT c, id, 'n' || mot FROM famille
    UNION ALL SELECT f.c, f.id, 'p' || s.son FROM famille f JOIN sons s USING (mot)
    UNION ALL SELECT n.c, n.id, 'n' || m FROM noms n, unnest(string_to_array(n.prenoms, ' ')) m WHERE m <> ''
    UNION ALL SELECT c, id, 'n' || replace(prenoms, ' ', '') FROM noms
               WHERE length(prenoms) - length(replace(prenoms, ' ', '')) = 1
    UNION ALL SELECT c, id, 'd' || to_char(naissance_on, 'YYYYMMDD') FROM noms WHERE naissance_on IS NOT NULL
    UNION ALL SELECT c, id, 's' || siret FROM noms WHERE siret <> ''
    UNION ALL SELECT c, id, 's' || lower(rna) FROM noms WHERE rna <> ''
    UNION ALL SELECT c, id, 'e' || valeur FROM points WHERE nature = 'courriel'
    UNION ALL SELECT c, id, 't' || numero FROM points WHERE nature IN ('mobile', 'fixe')
    UNION ALL SELECT c, id, 'r' || reverse(numero) FROM points WHERE nature IN ('mobile', 'fixe')
    UNION ALL SELECT p.c, p.id, 'a' || m FROM points p, unnest(string_to_array(p.valeur, ' ')) m
               WHERE p.nature = 'adresse' AND m <> '' AND m <> ALL (string_to_array('{VOIES}', ' '))
  ), lignes AS (
    SELECT id, array_to_tsvector(array_agg(DISTINCT c || ':' || jeton)) AS tsv FROM jetons GROUP BY c, id
  ), ecrites AS (
    INSERT INTO citoyens_recherche AS r (collectivite_id, usager_id, nom_n, prenom_n, tsv)
    SELECT n.c, n.id, coalesce(nullif(n.nom, ''), n.naissance), n.prenoms, coalesce(l.tsv, '')
      FROM noms n LEFT JOIN lignes l USING (id) ORDER BY n.id
        ON CONFLICT (collectivite_id, usager_id) DO UPDATE
       SET nom_n = excluded.nom_n, prenom_n = excluded.prenom_n, tsv = excluded.tsv
     WHERE (r.nom_n, r.prenom_n, r.tsv) IS DISTINCT FROM (excluded.nom_n, excluded.prenom_n, excluded.tsv)
    RETURNING r.collectivite_id AS c, r.tsv
  ), mots AS (
    SELECT DISTINCT c, substr(j, length(c || ':n') + 1) AS mot
      FROM ecrites, unnest(tsvector_to_array(tsv)) j WHERE j ^@ (c || ':n')
  )
  INSERT INTO citoyens_lexique (collectivite_id, jeton)
  SELECT c, mot FROM mots
   WHERE length(mot) > 2 AND mot ~ '[a-z]'
     AND NOT EXISTS (SELECT 1 FROM citoyens_lexique x WHERE x.collectivite_id = c AND x.jeton = mot);
END $$
"""
RECONSTRUIRE = """
CREATE OR REPLACE FUNCTION citoyens_reconstruire_recherche(collectivite bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  lot bigint[];
  dernier bigint := 0;
  total bigint := 0;
BEGIN
  DELETE FROM citoyens_recherche WHERE collectivite_id = collectivite;
  DELETE FROM citoyens_lexique WHERE collectivite_id = collectivite;
  LOOP
    lot := ARRAY(SELECT id FROM citoyens_usager WHERE collectivite_id = collectivite AND id > dernier
                  ORDER BY id LIMIT 5000);
    EXIT WHEN cardinality(lot) = 0;
    PERFORM citoyens_indexer(lot);
    dernier := lot[cardinality(lot)];
    total := total + cardinality(lot);
  END LOOP;
  RETURN total;
END $$
"""
JETONS = "DROP FUNCTION citoyens_jetons(bigint, text, text, text, date, text, text, text[])"


class Migration(migrations.Migration):
    dependencies = [("citoyens", "0006_clef_de_saisie")]

    operations = [
        migrations.RunSQL(CLEF, migrations.RunSQL.noop),
        migrations.RunSQL(INDEXER, migrations.RunSQL.noop),
        migrations.RunSQL(RECONSTRUIRE, migrations.RunSQL.noop),
        migrations.RunSQL(JETONS, migrations.RunSQL.noop),
    ]
