"""The evidence pack; and the sweepers of the documents that a worker still has to draw: ids only."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import collectivites.cloison
from collectivites.rls import define, wall


def list_undrawn(name, *, table, where, order):
    """Over every town, the rows older than `avant` whose document is not drawn: (collectivite_id, id)."""
    return define(
        f"""
CREATE FUNCTION {name}(avant timestamptz, combien int)
RETURNS TABLE(collectivite_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT x.collectivite_id, x.id FROM {table} x WHERE {where} AND x.{order} < avant ORDER BY x.{order} LIMIT combien $$
""",
        signature=f"{name}(timestamptz, int)",
    )


class Migration(migrations.Migration):

    dependencies = [
        ('collectivites', '0004_fonction_et_poste'),
        ('demandes', '0012_depots_perimes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DossierPreuves',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('has_internes', models.BooleanField(default=False, verbose_name='avec les notes internes')),
                ('etat', models.CharField(choices=[('a_composer', 'En préparation'), ('pret', 'Prêt'), ('erreur', 'Pas préparé')], default='a_composer', max_length=10, verbose_name='état')),
                ('etapes', models.SmallIntegerField(default=0, verbose_name='étapes')),
                ('faites', models.SmallIntegerField(default=0, verbose_name='étapes faites')),
                ('document', models.CharField(blank=True, max_length=200, verbose_name='document')),
                ('empreinte', models.CharField(blank=True, max_length=64, verbose_name='SHA-256')),
                ('octets', models.BigIntegerField(default=0, verbose_name='taille en octets')),
                ('pages', models.IntegerField(default=0, verbose_name='pages')),
                ('erreur', models.CharField(blank=True, max_length=300, verbose_name='erreur')),
                ('clef', models.UUIDField(verbose_name='clef de saisie')),
                ('created_at', models.DateTimeField(verbose_name='demandé le')),
                ('ready_at', models.DateTimeField(blank=True, null=True, verbose_name='prêt le')),
            ],
            options={
                'verbose_name': 'dossier de preuves',
                'verbose_name_plural': 'dossiers de preuves',
            },
        ),
        migrations.AddIndex(
            model_name='courrierdepart',
            index=models.Index(condition=models.Q(('document', ''), ('etat', 'a_imprimer')), fields=['created_at'], name='courrier_a_composer_idx'),
        ),
        migrations.AddIndex(
            model_name='lotimpression',
            index=models.Index(condition=models.Q(('document', '')), fields=['at'], name='impression_a_joindre_idx'),
        ),
        migrations.AddField(
            model_name='dossierpreuves',
            name='agent',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='dossierpreuves',
            name='collectivite',
            field=models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='collectivites.collectivite', verbose_name='collectivité'),
        ),
        migrations.AddField(
            model_name='dossierpreuves',
            name='demande',
            field=collectivites.cloison.ClefCloisonnee(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='dossiers_preuves', to='demandes.demande'),
        ),
        migrations.AddIndex(
            model_name='dossierpreuves',
            index=models.Index(fields=['collectivite', 'demande', '-created_at'], name='preuves_demande_idx'),
        ),
        migrations.AddIndex(
            model_name='dossierpreuves',
            index=models.Index(condition=models.Q(('etat', 'a_composer')), fields=['created_at'], name='preuves_a_composer_idx'),
        ),
        migrations.AddConstraint(
            model_name='dossierpreuves',
            constraint=models.UniqueConstraint(models.F('collectivite'), models.F('clef'), name='preuves_clef_unique'),
        ),
        wall("demandes_dossierpreuves", parents={"demande_id": "demandes_demande"}),
        list_undrawn(
            "demandes_lettres_a_composer", table="demandes_courrierdepart",
            where="x.document = '' AND x.etat = 'a_imprimer'", order="created_at",
        ),
        list_undrawn("demandes_lots_a_joindre", table="demandes_lotimpression", where="x.document = ''", order="at"),
        list_undrawn(
            "demandes_preuves_a_composer", table="demandes_dossierpreuves", where="x.etat = 'a_composer'",
            order="created_at",
        ),
    ]
