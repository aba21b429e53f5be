"""Files that leave with an e-mail."""

import collectivites.cloison
import django.db.models.deletion
from django.db import migrations, models

from collectivites.rls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('collectivites', '0004_fonction_et_poste'),
        ('messagerie', '0005_dus_par_voie'),
    ]

    operations = [
        migrations.CreateModel(
            name='PieceEnvoi',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rang', models.SmallIntegerField(verbose_name='rang')),
                ('nom', models.CharField(max_length=255, verbose_name='nom')),
                ('type_mime', models.CharField(max_length=120, verbose_name='type')),
                ('octets', models.BigIntegerField(verbose_name='taille en octets')),
                ('chemin', models.CharField(max_length=200, verbose_name='fichier')),
                ('collectivite', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='collectivites.collectivite', verbose_name='collectivité')),
                ('envoi', collectivites.cloison.ClefCloisonnee(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='pieces', to='messagerie.envoi', verbose_name='envoi')),
            ],
            options={
                'verbose_name': "pièce d'un envoi",
                'verbose_name_plural': 'pièces des envois',
                'constraints': [models.UniqueConstraint(models.F('collectivite'), models.F('envoi'), models.F('rang'), name='piece_envoi_rang_unique')],
            },
        ),
        wall("messagerie_pieceenvoi", parents={"envoi_id": "messagerie_envoi"}),
    ]
