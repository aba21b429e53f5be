"""The sweeper of event rules sees which towns have some: (collectivite_id, id) and nothing else."""

from django.db import migrations

from collectivites.rls import define


class Migration(migrations.Migration):
    dependencies = [("demandes", "0015_liste_par_dernier_echange")]

    operations = [
        define(
            """
CREATE FUNCTION demandes_regles_d_evenement(maintenant timestamptz, combien int)
RETURNS TABLE(collectivite_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT x.collectivite_id, x.id FROM demandes_regleautomate x
    WHERE x.declencheur = 'evenement' AND x.is_active ORDER BY x.collectivite_id, x.ordre, x.id LIMIT combien $$
""",
            signature="demandes_regles_d_evenement(timestamptz, int)",
        ),
    ]
