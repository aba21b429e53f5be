"""Walls of webhooks, and the doors of their sweepers: (collectivite_id, id) over every town, and nothing else."""

from django.db import migrations

from collectivites.rls import define, wall

# A few of each address in turn: one with ten thousand events to hear does not hold the others up.
DUES = """
CREATE FUNCTION messagerie_livraisons_dues(maintenant timestamptz, combien int)
RETURNS TABLE(collectivite_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ (SELECT l.collectivite_id, l.id FROM messagerie_abonnementwebhook a, LATERAL
     (SELECT d.*, row_number() OVER (ORDER BY d.prevu_at, d.id) AS rang FROM
       (SELECT e.collectivite_id, e.id, e.prevu_at FROM messagerie_livraisonwebhook e
         WHERE e.collectivite_id = a.collectivite_id AND e.abonnement_id = a.id AND e.etat = 'a_envoyer'
           AND e.prevu_at <= maintenant ORDER BY e.prevu_at LIMIT combien) d) l
     WHERE a.is_active AND (a.repos_at IS NULL OR a.repos_at <= maintenant)
     ORDER BY l.rang, l.prevu_at LIMIT combien)
   UNION ALL
   (SELECT e.collectivite_id, e.id FROM messagerie_livraisonwebhook e
      JOIN messagerie_abonnementwebhook a ON a.collectivite_id = e.collectivite_id AND a.id = e.abonnement_id
     WHERE e.etat = 'en_cours' AND e.bail_at <= maintenant AND a.is_active
       AND (a.repos_at IS NULL OR a.repos_at <= maintenant) ORDER BY e.bail_at LIMIT combien) $$
"""
FINIES = """
CREATE FUNCTION messagerie_livraisons_finies(avant timestamptz, combien int)
RETURNS TABLE(collectivite_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT e.collectivite_id, e.id FROM messagerie_livraisonwebhook e
    WHERE e.settled_at IS NOT NULL AND e.settled_at < avant ORDER BY e.settled_at LIMIT combien $$
"""


class Migration(migrations.Migration):
    dependencies = [("messagerie", "0008_webhooks")]

    operations = [
        wall("messagerie_abonnementwebhook"),
        wall("messagerie_livraisonwebhook", parents={"abonnement_id": "messagerie_abonnementwebhook"}),
        define(DUES, signature="messagerie_livraisons_dues(timestamptz, int)"),
        define(FINIES, signature="messagerie_livraisons_finies(timestamptz, int)"),
    ]
