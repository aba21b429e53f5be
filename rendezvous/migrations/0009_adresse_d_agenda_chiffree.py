"""The secret address of an outside calendar joins its password: encrypted, what is there already too.

The owner of the base runs this over every town; nothing is printed. Old versions of the rows leave with the next
VACUUM, old backups with their own retention: an address that must be safe from them is renewed where it was given.
"""

from typing import Any
from urllib.parse import urlsplit

from django.db import migrations, models
from django.utils.crypto import salted_hmac

from messagerie.chiffrement import IllisiblesIdentifiants, decrypt, encrypt


def seal(url: str, identifiants: bytes) -> dict[str, Any]:
    """Return the columns that take the place of an address in clear."""
    try:
        known = decrypt(identifiants)
    except IllisiblesIdentifiants:  # of another key: its password must be typed again anyway
        known = {}
    return {
        "hote": urlsplit(url).hostname or "",
        "adresse_hash": salted_hmac("rendezvous.agenda", url, algorithm="sha256").hexdigest(),
        "identifiants": encrypt({"url": url} | known),
    }


def seal_all(apps: Any, _schema: Any) -> None:
    rows = apps.get_model("rendezvous", "AgendaExterne").objects
    for pk, url, identifiants in rows.values_list("pk", "url", "identifiants"):
        rows.filter(pk=pk).update(url="", **seal(url, bytes(identifiants)))


class Migration(migrations.Migration):
    dependencies = [("rendezvous", "0008_inscription_en_attente")]

    operations = [
        migrations.AddField(
            "agendaexterne", "hote", models.CharField("serveur", max_length=255, default=""), preserve_default=False
        ),
        migrations.AddField(
            "agendaexterne",
            "adresse_hash",
            models.CharField("empreinte de l'adresse", max_length=64, default=""),
            preserve_default=False,
        ),
        migrations.RemoveConstraint("agendaexterne", "agenda_externe_unique"),
        migrations.RunPython(seal_all),  # and never back in clear
        migrations.RemoveField("agendaexterne", "url"),
        migrations.AlterField("agendaexterne", "identifiants", models.BinaryField("adresse et identifiants chiffrés")),
        migrations.AddConstraint(
            "agendaexterne",
            models.UniqueConstraint("collectivite", "ressource", "adresse_hash", name="agenda_externe_unique"),
        ),
    ]
