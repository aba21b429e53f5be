"""Walls of the whole demande, what may only be added to, and the doors of the sweepers."""

from django.conf import settings
from django.db import migrations

from collectivites.rls import define, wall

DEMANDE = {"demande_id": "demandes_demande"}
SERVICE = {"service_id": "collectivites_service"}
USAGER = {"usager_id": "citoyens_usager"}
TYPE = {"type_id": "demandes_typedemande"}


def reference(table: str, column: str, parent: str) -> migrations.RunSQL:
    """A column added to a table that is already walled."""
    name = f"{table}_{column}_mur"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (collectivite_id, {column}) "
        f"REFERENCES {parent} (collectivite_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


def list_due(name: str, *, table: str, where: str, order: str) -> migrations.operations.base.Operation:
    """A sweeper sees, over every town, which rows wait: (collectivite_id, id) and nothing else."""
    return define(
        f"""
CREATE FUNCTION {name}(maintenant timestamptz, combien int)
RETURNS TABLE(collectivite_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT x.collectivite_id, x.id FROM {table} x WHERE {where} ORDER BY {order} LIMIT combien $$
""",
        signature=f"{name}(timestamptz, int)",
    )


class Migration(migrations.Migration):
    dependencies = [("demandes", "0010_toute_la_demande")]

    operations = [
        wall("demandes_versionformulaire", parents=TYPE),
        wall("demandes_thematique", parents={"parent_id": "demandes_thematique"}),
        wall("demandes_connecteur", parents=SERVICE),
        wall("demandes_lotnumerisation"),
        wall("demandes_lotimpression"),
        wall("demandes_sujetcommun", parents=TYPE),
        wall("demandes_regleautomate"),
        wall("demandes_abonnement", parents=DEMANDE),
        wall("demandes_absence"),
        wall("demandes_accusereception", parents=DEMANDE | {"message_id": "demandes_message"}, append_only=True),
        wall("demandes_actiongroupee"),
        wall(
            "demandes_affectation",
            parents=DEMANDE | {"de_service_id": "collectivites_service", "vers_service_id": "collectivites_service"},
            append_only=True,
        ),
        wall("demandes_appel", parents=USAGER | DEMANDE | {"connecteur_id": "demandes_connecteur"}),
        wall("demandes_avis", parents=DEMANDE),
        wall("demandes_blocage"),
        wall("demandes_brouillon", parents=DEMANDE),
        wall(
            "demandes_courrierarrivee",
            parents=USAGER | SERVICE | DEMANDE | {"entree_id": "demandes_entree", "lot_id": "demandes_lotnumerisation"},
        ),
        wall(
            "demandes_courrierdepart",
            parents=DEMANDE | {"message_id": "demandes_message", "lot_id": "demandes_lotimpression"},
        ),
        wall("demandes_demandecomplement", parents=DEMANDE),
        wall("demandes_echeance", parents=DEMANDE),
        wall("demandes_executionregle", parents=DEMANDE | {"regle_id": "demandes_regleautomate"}, append_only=True),
        wall("demandes_fusion", parents={"conservee_id": "demandes_demande", "absorbee_id": "demandes_demande"}),
        wall("demandes_lien", parents={"de_id": "demandes_demande", "vers_id": "demandes_demande"}),
        wall("demandes_macro", parents=SERVICE),
        wall("demandes_modelereponse", parents=TYPE | SERVICE),
        wall("demandes_notification", parents=DEMANDE),
        wall("demandes_piecedeposee"),
        wall("demandes_rappel", parents=DEMANDE),
        wall("demandes_satisfaction", parents=DEMANDE),
        wall("demandes_suspension", parents=DEMANDE),
        wall("demandes_tache", parents=DEMANDE),
        wall("demandes_transfert", parents=DEMANDE),
        wall("demandes_vue", parents=SERVICE),
        wall("demandes_zone", parents=SERVICE),
        reference("demandes_typedemande", "thematique_id", "demandes_thematique"),
        reference("demandes_typedemande", "version_courante_id", "demandes_versionformulaire"),
        reference("demandes_demande", "version_formulaire_id", "demandes_versionformulaire"),
        reference("demandes_demande", "fusionnee_dans_id", "demandes_demande"),
        # A published form never changes: demandes were filed under it.
        migrations.RunSQL(
            f"REVOKE UPDATE, DELETE ON demandes_versionformulaire FROM {settings.ROLE_APP}", migrations.RunSQL.noop
        ),
        list_due(
            "demandes_rappels_dus", table="demandes_rappel", where="x.fait_at IS NULL AND x.prevu_at <= maintenant",
            order="x.prevu_at, x.id",
        ),
        list_due(
            "demandes_lots_a_decouper", table="demandes_lotnumerisation",
            where="x.etat = 'recu' AND (x.bail_at IS NULL OR x.bail_at < maintenant)", order="x.at",
        ),
        list_due(
            "demandes_transferts_a_remettre", table="demandes_transfert", where="x.etat = 'a_remettre'", order="x.at"
        ),
        list_due(
            "demandes_groupees_en_cours", table="demandes_actiongroupee",
            where="x.etat = 'en_cours' AND (x.bail_at IS NULL OR x.bail_at < maintenant)", order="x.at",
        ),
        list_due(
            "demandes_pieces_a_analyser", table="demandes_piecejointe", where="x.analysed_at IS NULL", order="x.id"
        ),
        # Rules that wait for time to pass, in the order of their towns.
        list_due(
            "demandes_regles_de_temps", table="demandes_regleautomate",
            where="x.declencheur = 'temps' AND x.is_active", order="x.collectivite_id, x.ordre, x.id",
        ),
    ]
