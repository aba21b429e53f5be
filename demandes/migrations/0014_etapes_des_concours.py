"""Reminders of what we ask of others, one demande a hand-over, and the sweepers' doors: ids only."""

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from collectivites.rls import define

SATISFACTION = """
CREATE FUNCTION demandes_satisfactions_a_proposer(depuis timestamptz, jusqu_a timestamptz, combien int)
RETURNS TABLE(collectivite_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT d.collectivite_id, d.id FROM demandes_demande d
     JOIN demandes_typedemande t ON t.collectivite_id = d.collectivite_id AND t.id = d.type_id
    WHERE d.closed_at > depuis AND d.closed_at <= jusqu_a AND d.usager_id IS NOT NULL AND t.has_enquete
      AND NOT d.is_abusive AND d.fusionnee_dans_id IS NULL AND d.issue NOT IN ('doublon', 'transmise')
      AND NOT EXISTS (SELECT FROM demandes_satisfaction s WHERE s.collectivite_id = d.collectivite_id
                         AND s.demande_id = d.id AND s.closed_at = d.closed_at)
    ORDER BY d.closed_at LIMIT combien $$
"""


def list_steps(name: str, table: str) -> Operation:
    """What waits for its next step (a reminder, then the word to the agent), over every town."""
    return define(
        f"""
CREATE FUNCTION {name}(maintenant timestamptz, combien int)
RETURNS TABLE(collectivite_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT x.collectivite_id, x.id FROM {table} x WHERE x.etape_at <= maintenant ORDER BY x.etape_at LIMIT combien $$
""",  # noqa: S608 names of ours
        signature=f"{name}(timestamptz, int)",
    )


class Migration(migrations.Migration):
    dependencies = [("demandes", "0013_documents_a_composer")]

    operations = [
        migrations.AddField(
            "demandecomplement", "reminded_at", models.DateTimeField(blank=True, null=True, verbose_name="relancé le")
        ),
        migrations.AddField(
            "demandecomplement",
            "etape_at",
            models.DateTimeField(blank=True, null=True, verbose_name="prochaine étape"),
        ),
        migrations.AddField(
            "avis", "etape_at", models.DateTimeField(blank=True, null=True, verbose_name="prochaine étape")
        ),
        migrations.AddField(
            "satisfaction", "is_refus",
            models.BooleanField(default=False, verbose_name="ne veut plus de cette question"),
        ),
        migrations.AddIndex(
            "demandecomplement",
            models.Index(
                fields=["etape_at"], name="complement_etape_idx", condition=models.Q(("etape_at__isnull", False))
            ),
        ),
        migrations.AddIndex(
            "avis",
            models.Index(fields=["etape_at"], name="avis_etape_idx", condition=models.Q(("etape_at__isnull", False))),
        ),
        migrations.AddIndex(
            "demande",
            models.Index(
                fields=["closed_at"], name="demande_closed_idx", condition=models.Q(("closed_at__isnull", False))
            ),
        ),
        migrations.AddConstraint(
            "demande",
            models.UniqueConstraint(
                models.F("collectivite"), models.F("externe"), name="demande_transfert_unique",
                condition=models.Q(("externe__startswith", "transfert:")),
            ),
        ),
        list_steps("demandes_complements_a_suivre", "demandes_demandecomplement"),
        list_steps("demandes_avis_a_suivre", "demandes_avis"),
        define(SATISFACTION, signature="demandes_satisfactions_a_proposer(timestamptz, timestamptz, int)"),
    ]  # fmt: skip
