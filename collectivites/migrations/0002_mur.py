"""Walls of the first floor, and what only SQL can say: opening ranges of a day never overlap."""

from django.db import migrations

from collectivites.rls import wall


class Migration(migrations.Migration):
    dependencies = [("collectivites", "0001_initial")]

    operations = [
        wall("collectivites_service"),
        wall("collectivites_lieu"),
        wall("collectivites_horaire", parents={"lieu_id": "collectivites_lieu"}),
        wall("collectivites_fermeture", parents={"lieu_id": "collectivites_lieu"}),
        wall("collectivites_servicerattachement", parents={"service_id": "collectivites_service"}),
        wall("collectivites_compteur"),
        wall("collectivites_reglagelegal"),
        migrations.RunSQL(
            "ALTER TABLE collectivites_horaire ADD CONSTRAINT horaire_sans_chevauchement EXCLUDE USING gist "
            "(collectivite_id WITH =, lieu_id WITH =, jour WITH =, int4range(debut_minute, fin_minute) WITH &&)",
            "ALTER TABLE collectivites_horaire DROP CONSTRAINT horaire_sans_chevauchement",
        ),
        # an agent's services stay in the town of the rattachement
        migrations.RunSQL(
            "ALTER TABLE collectivites_rattachement ADD CONSTRAINT rattachement_identite UNIQUE (collectivite_id, id);"
            "ALTER TABLE collectivites_servicerattachement ADD CONSTRAINT servicerattachement_rattachement_mur "
            "FOREIGN KEY (collectivite_id, rattachement_id) "
            "REFERENCES collectivites_rattachement (collectivite_id, id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE collectivites_servicerattachement DROP CONSTRAINT servicerattachement_rattachement_mur;"
            "ALTER TABLE collectivites_rattachement DROP CONSTRAINT rattachement_identite",
        ),
    ]
