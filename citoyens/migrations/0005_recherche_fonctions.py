"""Search: normaliser, phonetic key, tokens, triggers that keep the index, functions the application may call.

Every function that walks over the wall has the tenant filter inside. Measured design: docs/adr (search).
"""

from django.db import migrations

from collectivites.rls import ACTIVE, define

# Same rules, same order as citoyens/phonetique.py when this migration was written.
REGLES = (
    (r"[^a-z]+", ""),
    (r"ph", "f"),
    (r"sch|sh", "ch"),
    (r"ch([rl])", r"k\1"),
    (r"ch", "C"),
    (r"h", ""),
    (r"y", "i"),
    (r"w", "v"),
    (r"bv", "v"),
    (r"(eau|au)(lt|ld|ts|ds|t|d|x|s)?$", "o"),
    (r"eau|au", "o"),
    (r"ou", "u"),
    (r"qu|ck|q", "k"),
    (r"c([eiI])", r"s\1"),
    (r"c", "k"),
    (r"gu([ei])", r"G\1"),
    (r"g([ei])", r"j\1"),
    (r"G", "g"),
    (r"(ain|ein|aim|eim|in|im|un|um)($|[^aeiounm])", r"I\2"),
    (r"(en|em|an|am)($|[^aeiounm])", r"A\2"),
    (r"(on|om)($|[^aeiounm])", r"O\2"),
    (r"oeu|oe|eu", "e"),
    (r"ai|ei", "e"),
    (r"[xz]", "s"),
    (r"([a-zA-Z])\1+", r"\1"),
    (r"([a-zA-Z][^e])[tdspk]+$", r"\1"),
    (r"([a-zA-Z]{2})(er|et|ee|es)$", r"\1e"),
    (r"([a-zA-Z][^aeiou])e$", r"\1"),
)
VOIES = (
    "rue avenue av ave boulevard bd bld place pl impasse imp chemin che allee allees route rte quai square cours "
    "lotissement residence de du des la le les l d et a au aux en sur bis ter cedex"
)

# lower() only ever meets ASCII here, so that the answer does not depend on the locale of the server.
NORMALISER = r"""
CREATE FUNCTION citoyens_normaliser(texte text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT btrim(regexp_replace(
    replace(replace(replace(translate(lower(
      regexp_replace(normalize(texte, NFKD) COLLATE "C",
                     '[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]', '', 'g')),
      'ØøĐđŁłŒÆẞ', 'ooddllœæß'), 'œ', 'oe'), 'æ', 'ae'), 'ß', 'ss'),
    '[^a-z0-9]+', ' ', 'g'))
$$
"""


def _clef() -> str:
    expression = "mot"
    for pattern, replacement in REGLES:
        expression = f"regexp_replace({expression}, '{pattern}', '{replacement}', 'g')"
    return f"""
    CREATE FUNCTION citoyens_clef(mot text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
      SELECT coalesce(nullif({expression}, ''), mot)
    $$
    """


# One usager → tokens « <tenant>:<kind><value> »: n name words, p sound of surnames, d birth YYYYMMDD, s SIRET or RNA,
# e e-mail, t national number, r the same backwards (its end is then a prefix), a address words.
JETONS = f"""
CREATE FUNCTION citoyens_jetons(
  c bigint, nom text, naissance text, prenoms text, naissance_on date, siret text, rna text, points text[]
) RETURNS text[] LANGUAGE sql STABLE AS $$
  WITH mots AS (
    SELECT string_to_array(nom || ' ' || naissance, ' ') || replace(nom, ' ', '') || replace(naissance, ' ', '') AS famille,
           string_to_array(prenoms, ' ') || CASE WHEN prenoms ~ '^[^ ]+ [^ ]+$' THEN replace(prenoms, ' ', '') END AS prenom
  ), point AS (
    SELECT split_part(x, ':', 1) AS nature, substr(x, strpos(x, ':') + 1) AS valeur FROM unnest(points) x
  ), numero AS (
    SELECT CASE WHEN valeur ^@ '+33' THEN '0' || substr(valeur, 4) ELSE substr(valeur, 2) END AS n
      FROM point WHERE nature IN ('mobile', 'fixe')
  )
  SELECT array_agg(DISTINCT c || ':' || jeton) FROM (
    SELECT 'n' || mot FROM mots, unnest(famille || prenom) mot WHERE mot <> ''
    UNION ALL SELECT 'p' || citoyens_clef(mot) FROM mots, unnest(famille) mot WHERE mot <> ''
    UNION ALL SELECT 'd' || to_char(naissance_on, 'YYYYMMDD')
    UNION ALL SELECT 's' || siret WHERE siret <> ''
    UNION ALL SELECT 's' || lower(rna) WHERE rna <> ''
    UNION ALL SELECT 'e' || valeur FROM point WHERE nature = 'courriel'
    UNION ALL SELECT 't' || n FROM numero
    UNION ALL SELECT 'r' || reverse(n) FROM numero
    UNION ALL SELECT 'a' || mot FROM point, unnest(string_to_array(valeur, ' ')) mot
               WHERE nature = 'adresse' AND mot <> '' AND mot <> ALL (string_to_array('{VOIES}', ' '))
  ) j(jeton) WHERE jeton IS NOT NULL
$$
"""
# Called by the triggers and by the rebuild, both as the owner of the tables.
INDEXER = """
CREATE FUNCTION citoyens_indexer(usagers bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF cardinality(usagers) = 0 THEN RETURN; END IF;
  WITH noms AS (
    SELECT u.collectivite_id AS c, u.id, u.naissance_on, u.siret, u.rna, citoyens_normaliser(u.nom) AS nom,
           citoyens_normaliser(u.nom_naissance) AS naissance, citoyens_normaliser(u.prenoms) AS prenoms,
           ARRAY(SELECT p.nature || ':' || p.normalisee FROM citoyens_liencontact l
                   JOIN citoyens_pointcontact p ON p.collectivite_id = l.collectivite_id AND p.id = l.point_id
                  WHERE l.collectivite_id = u.collectivite_id AND l.usager_id = u.id) AS points
      FROM citoyens_usager u WHERE u.id = ANY (usagers)
  ), ecrites AS (
    INSERT INTO citoyens_recherche AS r (collectivite_id, usager_id, nom_n, prenom_n, tsv)
    SELECT c, id, coalesce(nullif(nom, ''), naissance), prenoms,
           array_to_tsvector(coalesce(citoyens_jetons(c, nom, naissance, prenoms, naissance_on, siret, rna, points), '{}'))
      FROM noms
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
SUR_USAGER = """
CREATE FUNCTION citoyens_recherche_usager() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM citoyens_indexer(ARRAY(SELECT id FROM nouveaux));
  ELSIF TG_OP = 'UPDATE' THEN
    PERFORM citoyens_indexer(ARRAY(
      SELECT n.id FROM nouveaux n JOIN anciens a USING (id)
       WHERE (n.nom, n.nom_naissance, n.prenoms, n.naissance_on, n.siret, n.rna)
             IS DISTINCT FROM (a.nom, a.nom_naissance, a.prenoms, a.naissance_on, a.siret, a.rna)));
  ELSE
    DELETE FROM citoyens_recherche r USING anciens a
     WHERE r.collectivite_id = a.collectivite_id AND r.usager_id = a.id;
  END IF;
  RETURN NULL;
END $$
"""
SUR_LIEN = """
CREATE FUNCTION citoyens_recherche_lien() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM citoyens_indexer(ARRAY(SELECT usager_id FROM nouveaux));
  ELSIF TG_OP = 'UPDATE' THEN
    PERFORM citoyens_indexer(ARRAY(
      SELECT unnest(ARRAY[n.usager_id, a.usager_id]) FROM nouveaux n JOIN anciens a USING (id)
       WHERE (n.usager_id, n.point_id) IS DISTINCT FROM (a.usager_id, a.point_id)));
  ELSE
    PERFORM citoyens_indexer(ARRAY(SELECT usager_id FROM anciens));
  END IF;
  RETURN NULL;
END $$
"""
SUR_POINT = """
CREATE FUNCTION citoyens_recherche_point() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM citoyens_indexer(ARRAY(
    SELECT l.usager_id FROM nouveaux n JOIN anciens a USING (id)
      JOIN citoyens_liencontact l ON l.collectivite_id = n.collectivite_id AND l.point_id = n.id
     WHERE (n.nature, n.normalisee) IS DISTINCT FROM (a.nature, a.normalisee)));
  RETURN NULL;
END $$
"""


def _trigger(table: str, event: str, function: str) -> str:
    """A statement-level trigger: one pass for a bulk write. The owner may disable it for a bulk load."""
    seen = {"INSERT": "NEW TABLE AS nouveaux", "DELETE": "OLD TABLE AS anciens"}
    tables = seen.get(event, "OLD TABLE AS anciens NEW TABLE AS nouveaux")
    return (
        f"CREATE TRIGGER citoyens_recherche_{event.lower()} AFTER {event} ON {table} REFERENCING {tables} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
    )


TRIGGERS = [
    *[_trigger("citoyens_usager", event, "citoyens_recherche_usager") for event in ("INSERT", "UPDATE", "DELETE")],
    *[_trigger("citoyens_liencontact", event, "citoyens_recherche_lien") for event in ("INSERT", "UPDATE", "DELETE")],
    _trigger("citoyens_pointcontact", "UPDATE", "citoyens_recherche_point"),
]
RECONSTRUIRE = """
CREATE FUNCTION citoyens_reconstruire_recherche(collectivite bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE total bigint;
BEGIN
  DELETE FROM citoyens_recherche WHERE collectivite_id = collectivite;
  DELETE FROM citoyens_lexique WHERE collectivite_id = collectivite;
  PERFORM citoyens_indexer(ARRAY(SELECT id FROM citoyens_usager WHERE collectivite_id = collectivite ORDER BY id));
  SELECT count(*) INTO total FROM citoyens_recherche WHERE collectivite_id = collectivite;
  RETURN total;
END $$
"""
# Bitmap scans only: a plan by the tenant's btree would read the whole town when a word is frequent.
IDS = f"""
CREATE FUNCTION citoyens_recherche_ids(q text, n integer) RETURNS TABLE (id bigint, nom_n text, prenom_n text)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 100
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off AS $$
  SELECT usager_id, nom_n, prenom_n FROM citoyens_recherche
   WHERE tsv @@ q::tsquery AND collectivite_id = {ACTIVE} LIMIT n
$$
"""
# The ladder: stops at the first rung that answers. `premier` alone is a name being typed; with `second`, two
# beginnings of words in any order. Ranges, not ^@: they use the btree under a generic plan too.
CHERCHER = f"""
CREATE FUNCTION citoyens_chercher(premier text, second text, barreaux text[], n integer)
RETURNS TABLE (id bigint, nom_n text, prenom_n text, barreau integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100 SET search_path = public, pg_temp AS $$
DECLARE
  c bigint := {ACTIVE};
  trouves bigint := 0;
BEGIN
  IF premier <> '' AND second = '' THEN
    RETURN QUERY SELECT r.usager_id, r.nom_n, r.prenom_n, 0 FROM citoyens_recherche r
       WHERE r.collectivite_id = c AND r.nom_n >= premier AND r.nom_n < premier || '~'
       ORDER BY r.nom_n, r.prenom_n LIMIT n;
    GET DIAGNOSTICS trouves = ROW_COUNT;
    IF trouves >= n THEN RETURN; END IF;
  END IF;
  FOR i IN 1 .. coalesce(array_length(barreaux, 1), 0) LOOP
    RETURN QUERY SELECT f.id, f.nom_n, f.prenom_n, i FROM citoyens_recherche_ids(barreaux[i], 200) f;
    IF FOUND OR trouves > 0 THEN RETURN; END IF;
    IF i = 1 AND second <> '' THEN
      RETURN QUERY
        (SELECT r.usager_id, r.nom_n, r.prenom_n, i FROM citoyens_recherche r
          WHERE r.collectivite_id = c AND r.nom_n >= premier AND r.nom_n < premier || '~'
            AND r.prenom_n >= second AND r.prenom_n < second || '~' LIMIT 200)
        UNION
        (SELECT r.usager_id, r.nom_n, r.prenom_n, i FROM citoyens_recherche r
          WHERE r.collectivite_id = c AND r.nom_n >= second AND r.nom_n < second || '~'
            AND r.prenom_n >= premier AND r.prenom_n < premier || '~' LIMIT 200);
      IF FOUND THEN RETURN; END IF;
    END IF;
  END LOOP;
END $$
"""
PROCHES = f"""
CREATE FUNCTION citoyens_mots_proches(mots text[], n integer)
RETURNS TABLE (mot text, jeton text, ressemblance real)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 30 SET search_path = public, pg_temp AS $$
  SELECT m, j.jeton, j.s FROM unnest(mots) m CROSS JOIN LATERAL (
    SELECT l.jeton, max(similarity(l.jeton, m)) AS s FROM citoyens_lexique l
     WHERE l.collectivite_id = {ACTIVE} AND l.jeton % m
     GROUP BY l.jeton ORDER BY s DESC, l.jeton LIMIT n
  ) j
$$
"""
OWNER_ONLY = "REVOKE ALL ON FUNCTION citoyens_indexer(bigint[]), citoyens_reconstruire_recherche(bigint) FROM PUBLIC"


def _run(sql: str, undo: str) -> migrations.RunSQL:
    return migrations.RunSQL(sql, undo)


class Migration(migrations.Migration):
    dependencies = [("citoyens", "0004_recherche")]

    operations = [
        _run(NORMALISER, "DROP FUNCTION citoyens_normaliser(text)"),
        _run(_clef(), "DROP FUNCTION citoyens_clef(text)"),
        _run(JETONS, "DROP FUNCTION citoyens_jetons(bigint, text, text, text, date, text, text, text[])"),
        _run(INDEXER, "DROP FUNCTION citoyens_indexer(bigint[])"),
        _run(SUR_USAGER, "DROP FUNCTION citoyens_recherche_usager() CASCADE"),
        _run(SUR_LIEN, "DROP FUNCTION citoyens_recherche_lien() CASCADE"),
        _run(SUR_POINT, "DROP FUNCTION citoyens_recherche_point() CASCADE"),
        _run(";\n".join(TRIGGERS), migrations.RunSQL.noop),
        _run(RECONSTRUIRE, "DROP FUNCTION citoyens_reconstruire_recherche(bigint)"),
        _run(OWNER_ONLY, migrations.RunSQL.noop),
        define(IDS, signature="citoyens_recherche_ids(text, integer)"),
        define(CHERCHER, signature="citoyens_chercher(text, text, text[], integer)"),
        define(PROCHES, signature="citoyens_mots_proches(text[], integer)"),
        # Usagers born before this migration (a database prepared by an earlier build).
        _run("SELECT citoyens_indexer(ARRAY(SELECT id FROM citoyens_usager ORDER BY id))", migrations.RunSQL.noop),
    ]
