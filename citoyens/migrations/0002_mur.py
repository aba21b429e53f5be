"""Walls of the third floor."""

from django.db import migrations

from collectivites.rls import wall

USAGER = {"usager_id": "citoyens_usager"}


class Migration(migrations.Migration):
    dependencies = [("citoyens", "0001_initial"), ("collectivites", "0002_mur")]

    operations = [
        wall("citoyens_usager"),
        wall("citoyens_pointcontact"),
        wall("citoyens_liencontact", parents=USAGER | {"point_id": "citoyens_pointcontact"}),
        wall("citoyens_noteusager", parents=USAGER),
        wall("citoyens_interaction", parents=USAGER),
    ]
