"""The sweeper's question, one range of the index a lane: before PostgreSQL 18 (skip scan) it walked all that is planned."""

from django.db import migrations

PAR_VOIE = """
CREATE OR REPLACE FUNCTION messagerie_envois_dus(maintenant timestamptz, combien int)
RETURNS TABLE(collectivite_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ (SELECT e.collectivite_id, e.id FROM (VALUES (10::smallint), (20), (30), (40)) AS v(voie),
     LATERAL (SELECT d.collectivite_id, d.id, d.prevu_at FROM messagerie_envoi d
               WHERE d.etat = 'a_envoyer' AND d.voie = v.voie AND d.prevu_at <= maintenant
               ORDER BY d.prevu_at LIMIT combien) e
     ORDER BY v.voie, e.prevu_at LIMIT combien)
   UNION ALL
   (SELECT e.collectivite_id, e.id FROM messagerie_envoi e
     WHERE e.etat = 'en_cours' AND e.bail_at < maintenant ORDER BY e.bail_at LIMIT combien) $$
"""
D_UN_TRAIT = """
CREATE OR REPLACE FUNCTION messagerie_envois_dus(maintenant timestamptz, combien int)
RETURNS TABLE(collectivite_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ (SELECT e.collectivite_id, e.id FROM messagerie_envoi e
     WHERE e.etat = 'a_envoyer' AND e.prevu_at <= maintenant ORDER BY e.voie, e.prevu_at LIMIT combien)
   UNION ALL
   (SELECT e.collectivite_id, e.id FROM messagerie_envoi e
     WHERE e.etat = 'en_cours' AND e.bail_at < maintenant ORDER BY e.bail_at LIMIT combien) $$
"""


class Migration(migrations.Migration):
    dependencies = [("messagerie", "0004_mesures")]

    operations = [migrations.RunSQL(PAR_VOIE, D_UN_TRAIT)]
