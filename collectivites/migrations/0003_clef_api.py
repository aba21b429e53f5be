"""Keys of programs, walled; the door that finds the town of a key by the SHA-256 of its secret."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from collectivites.rls import define, wall

# A request of the API brings a key, not a town. Only a matching hash answers, and only with ids.
BY_HASH = """
CREATE FUNCTION collectivites_clef_par_empreinte(cherchee text)
RETURNS TABLE(collectivite_id bigint, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT c.collectivite_id, c.id FROM collectivites_cleapi c WHERE c.empreinte = cherchee LIMIT 1 $$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('collectivites', '0002_mur'),
    ]

    operations = [
        migrations.CreateModel(
            name='CleApi',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nom', models.CharField(max_length=80, verbose_name='logiciel')),
                ('prefixe', models.CharField(max_length=20, verbose_name='début de la clef')),
                ('empreinte', models.CharField(max_length=64, verbose_name='SHA-256 de la clef')),
                ('portees', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None, verbose_name='portées')),
                ('domaines', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None, verbose_name='domaines réservés')),
                ('saisie', models.UUIDField(verbose_name='clef de saisie')),
                ('created_at', models.DateTimeField(verbose_name='créée le')),
                ('expires_at', models.DateTimeField(verbose_name="valable jusqu'au")),
                ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='dernier usage')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='révoquée le')),
                ('agent', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='créée par')),
                ('collectivite', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='collectivites.collectivite', verbose_name='collectivité')),
            ],
            options={
                'verbose_name': "clef d'API",
                'verbose_name_plural': "clefs d'API",
                'indexes': [models.Index(fields=['empreinte'], name='clef_api_empreinte_idx')],
                'constraints': [models.UniqueConstraint(models.F('collectivite'), models.F('empreinte'), name='clef_api_empreinte_unique'), models.UniqueConstraint(models.F('collectivite'), models.F('saisie'), name='clef_api_saisie_unique'), models.CheckConstraint(condition=models.Q(('portees__len__gt', 0)), name='clef_api_une_portee')],
            },
        ),
        wall("collectivites_cleapi"),
        define(BY_HASH, signature="collectivites_clef_par_empreinte(text)"),
    ]
