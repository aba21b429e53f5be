from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rendezvous", "0003_usager_du_parcours_connu_apres")]

    operations = [
        migrations.RemoveIndex(model_name="occupation", name="occupation_ressource_idx"),
        migrations.AddIndex(
            model_name="occupation",
            index=models.Index(
                condition=models.Q(("is_actif", True)),
                fields=["collectivite", "ressource", "debut_at"],
                include=("fin_at", "place", "expire_at", "seance"),
                name="occupation_ressource_idx",
            ),
        ),
    ]
