import collectivites.cloison
import django.db.models.deletion
from django.db import migrations, models

from collectivites.rls import define, wall

PARENTS = {"motif_id": "rendezvous_motif", "lieu_id": "collectivites_lieu", "zone_id": "demandes_zone"}
A_SUIVRE = """
CREATE FUNCTION rendezvous_attentes_a_suivre(maintenant timestamptz, combien int)
RETURNS TABLE(collectivite_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT a.collectivite_id, a.id FROM rendezvous_inscriptionattente a
   WHERE a.ended_at IS NULL AND (a.prouve_at IS NOT NULL OR a.code_expire_at <= maintenant)
   ORDER BY a.dernier_at NULLS FIRST LIMIT combien $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("collectivites", "0005_fuseau_feries_et_place_des_lieux"),
        ("demandes", "0019_depots_envoyes_gardes"),
        ("rendezvous", "0007_versions_de_l_offre"),
    ]

    operations = [
        migrations.CreateModel(
            name="InscriptionAttente",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("personnes", models.SmallIntegerField(default=1, verbose_name="personnes")),
                ("is_invite", models.BooleanField(default=False, verbose_name="sur invitation")),
                ("jusqu_on", models.DateField(verbose_name="au plus tard le")),
                ("canal", models.CharField(max_length=10, verbose_name="canal")),
                ("destinataire", models.CharField(blank=True, max_length=320, verbose_name="prévenu à")),
                ("sel", models.BinaryField(verbose_name="sel du lien")),
                ("jeton_hash", models.CharField(max_length=64, verbose_name="empreinte du lien")),
                ("code_hash", models.CharField(blank=True, max_length=64, verbose_name="empreinte du code")),
                ("essais", models.SmallIntegerField(default=0, verbose_name="essais")),
                ("codes", models.SmallIntegerField(default=0, verbose_name="codes envoyés")),
                ("code_expire_at", models.DateTimeField(verbose_name="code valable jusqu'à")),
                ("depuis_at", models.DateTimeField(verbose_name="attend depuis")),
                ("created_at", models.DateTimeField(verbose_name="demandé le")),
                ("prouve_at", models.DateTimeField(blank=True, null=True, verbose_name="adresse prouvée le")),
                ("envois", models.SmallIntegerField(default=0, verbose_name="messages envoyés")),
                ("dernier_at", models.DateTimeField(blank=True, null=True, verbose_name="dernier message")),
                ("propose_at", models.DateTimeField(blank=True, null=True, verbose_name="dernier créneau proposé")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="arrêté le")),
                (
                    "fin",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("pris", "Créneau pris"),
                            ("usager", "L'usager n'attend plus"),
                            ("limite", "Date passée"),
                            ("messages", "Trois créneaux proposés"),
                            ("perdu", "Adresse qui ne reçoit plus"),
                            ("remplacee", "Demande faite de nouveau"),
                        ],
                        max_length=10,
                        verbose_name="pourquoi",
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
                (
                    "lieu",
                    collectivites.cloison.ClefCloisonnee(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="collectivites.lieu",
                    ),
                ),
                (
                    "motif",
                    collectivites.cloison.ClefCloisonnee(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="rendezvous.motif",
                    ),
                ),
                (
                    "zone",
                    collectivites.cloison.ClefCloisonnee(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="demandes.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "inscription en attente d'un créneau",
                "verbose_name_plural": "inscriptions en attente d'un créneau",
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)),
                        fields=["collectivite", "depuis_at"],
                        name="attente_ouverte_idx",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("collectivite"), models.F("jeton_hash"), name="attente_jeton_unique"
                    ),
                    models.UniqueConstraint(
                        models.F("collectivite"),
                        models.F("motif"),
                        models.F("destinataire"),
                        condition=models.Q(("ended_at__isnull", True), ("prouve_at__isnull", False)),
                        name="attente_une_par_contact",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("codes__range", (0, 5)),
                            ("envois__range", (0, 3)),
                            ("essais__range", (0, 10)),
                            ("personnes__gte", 1),
                        ),
                        name="attente_bornes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ended_at__isnull", True), ("destinataire", ""), _connector="XOR"),
                        name="attente_adresse_le_temps_d_attendre",
                    ),
                ],
            },
        ),
        wall("rendezvous_inscriptionattente", parents=PARENTS),
        define(A_SUIVRE, signature="rendezvous_attentes_a_suivre(timestamptz, int)"),
    ]
