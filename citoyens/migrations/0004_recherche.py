# The tables that search reads: filled by the triggers of 0005, read by the application, never written by it.

import collectivites.cloison
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from collectivites.rls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('citoyens', '0003_historique'),
        ('collectivites', '0002_mur'),
    ]

    operations = [
        migrations.CreateModel(
            name='Lexique',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('jeton', models.TextField(db_collation='C', verbose_name='mot')),
                ('collectivite', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='collectivites.collectivite', verbose_name='collectivité')),
            ],
            options={
                'verbose_name': 'mot du lexique',
                'indexes': [models.Index(fields=['collectivite', 'jeton'], name='lexique_jeton_idx'), django.contrib.postgres.indexes.GinIndex(models.F('collectivite'), django.contrib.postgres.indexes.OpClass('jeton', name='gin_trgm_ops'), fastupdate=False, name='lexique_ressemblance_idx')],
            },
        ),
        migrations.CreateModel(
            name='Recherche',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nom_n', models.TextField(db_collation='C', verbose_name='nom normalisé')),
                ('prenom_n', models.TextField(db_collation='C', verbose_name='prénoms normalisés')),
                ('tsv', django.contrib.postgres.search.SearchVectorField(verbose_name='jetons')),
                ('collectivite', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='collectivites.collectivite', verbose_name='collectivité')),
                ('usager', collectivites.cloison.ClefCloisonnee(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='citoyens.usager')),
            ],
            options={
                'verbose_name': 'ligne de recherche',
                'indexes': [models.Index(fields=['collectivite', 'nom_n', 'prenom_n'], name='recherche_nom_idx'), django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['tsv'], name='recherche_tsv_idx')],
                'constraints': [models.UniqueConstraint(models.F('collectivite'), models.F('usager'), name='recherche_usager_unique')],
            },
        ),
        wall("citoyens_recherche", parents={"usager_id": "citoyens_usager"}, append_only=True),
        wall("citoyens_lexique", append_only=True),
        migrations.RunSQL(
            f"REVOKE INSERT ON citoyens_recherche, citoyens_lexique FROM {settings.ROLE_APP}",
            migrations.RunSQL.noop,
        ),
    ]
