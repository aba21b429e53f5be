"""The side of the ordeals that runs inside Guichet: writes the facts, and gives Celery its application.

``python -m outils.epreuves.dans_guichet villes`` prepares the two towns, ``web N`` writes N facts. With
EPREUVE_TEMOIN=oui the workers run disarmed: the negative control of ``envois.py``.
"""

import os
import sys
import time
from datetime import datetime

import django

django.setup()

from django.utils import timezone  # noqa: E402

from collectivites.acteur import AUTOMATE  # noqa: E402
from collectivites.cloison import collectivite_active  # noqa: E402
from collectivites.models import Collectivite  # noqa: E402
from config.celery import app  # noqa: E402
from journal.actions import record  # noqa: E402
from journal.models import Evenement  # noqa: E402
from messagerie import prise  # noqa: E402
from messagerie.actions import queue_message  # noqa: E402
from messagerie.chiffrement import encrypt  # noqa: E402
from messagerie.fournisseurs.ovh import CHAMPS  # noqa: E402
from messagerie.models import CompteSms, Envoi  # noqa: E402

VILLES = {"avec-clef": "demo", "sans-clef": "ovh"}  # the even facts, the odd ones
RYTHME = 0.02  # seconds between two facts

__all__ = ["app"]


def preparer_les_villes() -> None:
    for slug, fournisseur in VILLES.items():
        ville = Collectivite.objects.create(slug=slug, nom=slug)
        with collectivite_active(ville.pk):
            clefs = encrypt(dict.fromkeys(CHAMPS, "epreuve"))
            CompteSms.objects.create(fournisseur=fournisseur, expediteur="EPREUVE", identifiants=clefs)


def ecrire_les_faits(combien: int) -> None:
    """The « web »: one fact and its message a transaction; killed, it goes on where the database stands."""
    villes = [Collectivite.objects.get(slug=slug).pk for slug in VILLES]
    faits: set[int] = set()
    for ville in villes:
        with collectivite_active(ville):
            faits |= set(Evenement.objects.filter(objet_type="epreuve").values_list("objet_id", flat=True))
    for numero in sorted(set(range(combien)) - faits):
        ecrire_un_fait(villes[numero % 2], numero)
        time.sleep(RYTHME)


def ecrire_un_fait(ville: int, numero: int) -> None:
    at = timezone.now()
    with collectivite_active(ville):
        record(verbe="epreuve.fait", objet_type="epreuve", objet_id=numero, by=AUTOMATE, at=at)
        queue_message(
            clef=f"epreuve:{numero}", canal="sms", destinataire=f"+336399{numero % 100_000:05}",
            texte=f"Message {numero}.", by=AUTOMATE, at=at,
        )  # fmt: skip


def prendre_sans_condition(envoi_id: int, *, at: datetime) -> Envoi | None:
    """Negative control: take the row whatever its state, and forget that it was perhaps being sent."""
    Envoi.objects.filter(pk=envoi_id).update(etat="en_cours", bail_at=at + prise.BAIL)
    return Envoi.objects.filter(pk=envoi_id).first()


if os.environ.get("EPREUVE_TEMOIN") == "oui":
    prise.claim = prendre_sans_condition

if __name__ == "__main__":
    if sys.argv[1] == "villes":
        preparer_les_villes()
    else:
        ecrire_les_faits(int(sys.argv[2]))
