import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from collectivites.rls import define, wall

EN_COURS = """
CREATE FUNCTION rendezvous_lots_en_cours(maintenant timestamptz, combien int)
RETURNS TABLE(collectivite_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT l.collectivite_id, l.id FROM rendezvous_lotrendezvous l
   WHERE l.etat = 'en_cours' AND (l.bail_at IS NULL OR l.bail_at <= maintenant) ORDER BY l.at LIMIT combien $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("collectivites", "0005_fuseau_feries_et_place_des_lieux"),
        ("rendezvous", "0004_occupation_lue_dans_l_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LotRendezVous",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "geste",
                    models.CharField(
                        choices=[
                            ("deplacer", "Déplacer"),
                            ("confier", "Confier à quelqu'un d'autre"),
                            ("annuler", "Annuler"),
                        ],
                        max_length=8,
                        verbose_name="geste",
                    ),
                ),
                ("raison", models.CharField(blank=True, max_length=300, verbose_name="raison écrite aux usagers")),
                ("is_prevenu", models.BooleanField(default=True, verbose_name="usagers prévenus")),
                ("vises", models.JSONField(default=list, verbose_name="rendez-vous visés")),
                ("faits", models.JSONField(default=list, verbose_name="faits")),
                ("echecs", models.JSONField(default=list, verbose_name="laissés de côté")),
                (
                    "etat",
                    models.CharField(
                        choices=[("en_cours", "En cours"), ("fini", "Fini")],
                        default="en_cours",
                        max_length=8,
                        verbose_name="état",
                    ),
                ),
                ("clef", models.UUIDField(verbose_name="clef de saisie")),
                ("bail_at", models.DateTimeField(blank=True, null=True, verbose_name="bail jusqu'à")),
                ("at", models.DateTimeField(verbose_name="lancé le")),
                ("fini_at", models.DateTimeField(blank=True, null=True, verbose_name="fini le")),
                (
                    "agent",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="par",
                    ),
                ),
                (
                    "collectivite",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="collectivites.collectivite",
                        verbose_name="collectivité",
                    ),
                ),
            ],
            options={
                "verbose_name": "lot de rendez-vous",
                "verbose_name_plural": "lots de rendez-vous",
                "indexes": [
                    models.Index(condition=models.Q(("etat", "en_cours")), fields=["at"], name="lot_rdv_en_cours_idx")
                ],
                "constraints": [
                    models.UniqueConstraint(models.F("collectivite"), models.F("clef"), name="lot_rdv_clef_unique")
                ],
            },
        ),
        wall("rendezvous_lotrendezvous"),
        define(EN_COURS, signature="rendezvous_lots_en_cours(timestamptz, int)"),
    ]
