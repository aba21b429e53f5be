"""Walls of the fourth floor, the search of a mailbox by its address, and the door of the sweeper."""

from django.db import migrations

from collectivites.rls import define, wall

SERVICE = {"service_id": "collectivites_service"}
DEMANDE = {"demande_id": "demandes_demande"}
USAGER = {"usager_id": "citoyens_usager"}

# A message arrives with an address, and nothing says yet whose it is.
FIND_BOITE = """
CREATE FUNCTION demandes_trouver_boite(adresse_cherchee text)
RETURNS TABLE(collectivite_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT b.collectivite_id, b.id FROM demandes_boite b WHERE b.adresse = lower(adresse_cherchee) AND b.is_active $$
"""
DUE = """
CREATE FUNCTION demandes_entrees_dues(maintenant timestamptz, combien int)
RETURNS TABLE(collectivite_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT e.collectivite_id, e.id FROM demandes_entree e
    WHERE e.etat = 'recue' AND (e.bail_at IS NULL OR e.bail_at < maintenant)
    ORDER BY e.received_at LIMIT combien $$
"""
IMAP = """
CREATE FUNCTION demandes_boites_imap() RETURNS TABLE(collectivite_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT b.collectivite_id, b.id FROM demandes_boite b WHERE b.is_active AND b.imap_hote <> '' ORDER BY b.id $$
"""


class Migration(migrations.Migration):
    dependencies = [("demandes", "0001_initial"), ("citoyens", "0002_mur")]

    operations = [
        wall("demandes_typedemande", parents=SERVICE),
        wall("demandes_boite", parents=SERVICE),
        wall("demandes_entree", parents={"boite_id": "demandes_boite"}),
        wall("demandes_demande", parents=SERVICE | USAGER | {"type_id": "demandes_typedemande"}),
        wall("demandes_partiedemande", parents=DEMANDE | USAGER),
        wall("demandes_message", parents=DEMANDE | {"entree_id": "demandes_entree"}),
        wall("demandes_piecejointe", parents={"message_id": "demandes_message"}),
        wall("demandes_contactimmediat", parents=SERVICE | USAGER | {"type_id": "demandes_typedemande"}),
        # The address is how a message finds its tenant: unique in the whole installation.
        migrations.RunSQL(
            "CREATE UNIQUE INDEX boite_adresse_partout ON demandes_boite (adresse)", "DROP INDEX boite_adresse_partout"
        ),
        define(FIND_BOITE, signature="demandes_trouver_boite(text)"),
        define(DUE, signature="demandes_entrees_dues(timestamptz, int)"),
        define(IMAP, signature="demandes_boites_imap()"),
    ]
