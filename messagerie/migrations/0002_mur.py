"""Walls of the ledger, and the door of the sweeper: ids only."""

from django.db import migrations

from collectivites.rls import define, wall

DUE = """
CREATE FUNCTION messagerie_envois_dus(maintenant timestamptz, combien int)
RETURNS TABLE(collectivite_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ (SELECT e.collectivite_id, e.id FROM messagerie_envoi e
     WHERE e.etat = 'a_envoyer' AND e.prevu_at <= maintenant ORDER BY e.voie, e.prevu_at LIMIT combien)
   UNION ALL
   (SELECT e.collectivite_id, e.id FROM messagerie_envoi e
     WHERE e.etat = 'en_cours' AND e.bail_at < maintenant ORDER BY e.bail_at LIMIT combien) $$
"""
# A provider's receipt names our idempotency key, not the tenant.
BY_UUID = """
CREATE FUNCTION messagerie_collectivite_de_l_envoi(identifiant uuid)
RETURNS TABLE(collectivite_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT e.collectivite_id, e.id FROM messagerie_envoi e WHERE e.uuid = identifiant $$
"""


class Migration(migrations.Migration):
    dependencies = [("messagerie", "0001_initial"), ("collectivites", "0002_mur")]

    operations = [
        wall("messagerie_envoi"),
        wall("messagerie_accuse", parents={"envoi_id": "messagerie_envoi"}),
        wall("messagerie_modelemessage"),
        wall("messagerie_comptesms"),
        migrations.RunSQL(
            "CREATE UNIQUE INDEX envoi_uuid_partout ON messagerie_envoi (uuid)", "DROP INDEX envoi_uuid_partout"
        ),
        define(DUE, signature="messagerie_envois_dus(timestamptz, int)"),
        define(BY_UUID, signature="messagerie_collectivite_de_l_envoi(uuid)"),
    ]
