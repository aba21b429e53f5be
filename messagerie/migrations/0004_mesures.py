"""Figures of the ledger for /metriques: counts and ages over all towns, never a row, never a tenant."""

from django.db import migrations

from collectivites.rls import define

# `age` is the seconds since the oldest row became due (a_envoyer) or since its lease ended (en_cours, below 0: held).
FIGURES = """
CREATE FUNCTION messagerie_mesures(maintenant timestamptz)
RETURNS TABLE(etat text, canal text, nombre bigint, age double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT 'a_envoyer', e.canal, count(*), extract(epoch FROM maintenant - min(e.prevu_at))::double precision
     FROM messagerie_envoi e WHERE e.etat = 'a_envoyer' AND e.prevu_at <= maintenant GROUP BY e.canal
   UNION ALL
   SELECT 'en_cours', e.canal, count(*), extract(epoch FROM maintenant - min(e.bail_at))::double precision
     FROM messagerie_envoi e WHERE e.etat = 'en_cours' GROUP BY e.canal $$
"""


class Migration(migrations.Migration):
    dependencies = [("messagerie", "0003_essais_et_peremption")]

    operations = [define(FIGURES, signature="messagerie_mesures(timestamptz)")]
