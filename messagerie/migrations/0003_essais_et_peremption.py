"""Each try keeps its line; a message may become useless after an hour; recipients are found by their beginning."""

import collectivites.cloison
import django.db.models.deletion
from django.db import migrations, models

from collectivites.rls import wall


class Migration(migrations.Migration):

    dependencies = [
        ('collectivites', '0002_mur'),
        ('messagerie', '0002_mur'),
    ]

    operations = [
        migrations.CreateModel(
            name='Essai',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('canal', models.CharField(choices=[('courriel', 'Courriel'), ('sms', 'SMS')], max_length=10, verbose_name='canal')),
                ('rang', models.SmallIntegerField(verbose_name='essai n°')),
                ('issue', models.CharField(choices=[('envoye', 'Accepté'), ('panne', 'Panne passagère'), ('credit', 'Compte sans crédit ou absent'), ('refus', 'Refusé'), ('inconnu', 'Sans réponse'), ('interrompu', 'Interrompu')], max_length=10, verbose_name='issue')),
                ('fournisseur', models.CharField(blank=True, max_length=40, verbose_name='fournisseur')),
                ('detail', models.CharField(blank=True, max_length=500, verbose_name='détail')),
                ('at', models.DateTimeField(verbose_name='quand')),
            ],
            options={
                'verbose_name': 'essai',
            },
        ),
        migrations.AddField(
            model_name='envoi',
            name='perime_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='inutile après'),
        ),
        migrations.AddIndex(
            model_name='envoi',
            index=models.Index(fields=['collectivite', 'destinataire'], name='envoi_destinataire_idx', opclasses=['int8_ops', 'text_pattern_ops']),
        ),
        migrations.AddField(
            model_name='essai',
            name='collectivite',
            field=models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='collectivites.collectivite', verbose_name='collectivité'),
        ),
        migrations.AddField(
            model_name='essai',
            name='envoi',
            field=collectivites.cloison.ClefCloisonnee(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tentatives', to='messagerie.envoi', verbose_name='envoi'),
        ),
        migrations.AddIndex(
            model_name='essai',
            index=models.Index(fields=['collectivite', 'envoi', 'at'], name='essai_envoi_idx'),
        ),
        migrations.AddIndex(
            model_name='essai',
            index=models.Index(fields=['collectivite', 'canal', '-at'], name='essai_canal_idx'),
        ),
        wall("messagerie_essai", parents={"envoi_id": "messagerie_envoi"}),
    ]
