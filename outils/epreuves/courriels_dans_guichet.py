"""The side of `courriels.py` that runs inside Guichet: the door, the workers, one town.

``python -m outils.epreuves.courriels_dans_guichet ville`` prepares the town, ``porte PORT`` opens the SMTP door; the
module is also the Celery application of the workers. With EPREUVE_TEMOIN the safeguard of that name is taken away:
the negative control of the ordeal.
"""

# ruff: noqa: SLF001 the negative controls take inner safeguards away

import os
import sys
import time
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from collectivites.cloison import collectivite_active  # noqa: E402
from collectivites.models import Collectivite  # noqa: E402
from config.celery import app  # noqa: E402,F401 the workers look for it here
from demandes.models import Boite, Entree  # noqa: E402
from demandes.reception import arrivee, traitement  # noqa: E402

BOITE = "contact@epreuve.example"
_CONTROLE = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SET LOCAL")
TEMOIN = os.environ.get("EPREUVE_TEMOIN", "")
if TEMOIN or os.environ.get("EPREUVE"):
    traitement.BAIL = timedelta(seconds=10)  # a minute in service: too long to wait for after each blow


def found_town() -> None:
    town = Collectivite.objects.create(slug="epreuve", nom="Épreuve")
    with collectivite_active(town.pk):
        Boite.objects.create(adresse=BOITE)


def count_queries() -> None:
    """Print how many SQL statements a message costs, transaction control apart."""
    town = Collectivite.objects.get(slug="epreuve")
    with collectivite_active(town.pk):
        boite_id = Boite.objects.get(adresse=BOITE).pk
    for rang, cas in enumerate(("expéditeur nouveau", "expéditeur connu", "réponse")):
        entete = "In-Reply-To: <requete.0@exemple.fr>\n" if cas == "réponse" else ""
        champs = f"From: neuf@exemple.fr\nMessage-ID: <requete.{rang}@exemple.fr>\n{entete}Subject: Essai {rang}\n"
        brut = f"{champs}\nBonjour"
        with CaptureQueriesContext(connection) as asked:
            entree = arrivee.receive_raw(
                brut=brut.encode(), collectivite_id=town.pk, boite_id=boite_id, at=timezone.now(), is_nudged=False
            )
            traitement.process_entree(collectivite_id=town.pk, entree_id=entree.pk, at=timezone.now())
        sql = [each["sql"] for each in asked.captured_queries if not each["sql"].startswith(_CONTROLE)]
        print(f"SQL, {cas:<20} {len(sql)} ({len(asked) - len(sql)} de transaction)")


def _without_lease() -> None:
    """Whoever is asked works, whoever works writes; and each entry is asked for twice."""
    traitement._CLAIM = (
        "UPDATE demandes_entree SET bail_at = %s WHERE id = %s AND (etat = 'recue' OR %s IS NOT NULL) RETURNING *"
    )
    close, nudge = traitement._close, arrivee.nudge

    def close_always(entree: Entree, *args: Any, **lus: Any) -> None:
        Entree.objects.filter(pk=entree.pk).update(etat="recue")
        close(entree, *args, **lus)

    def nudge_twice(*args: Any, **options: Any) -> None:
        nudge(*args, **options)
        nudge(*args, **options)

    traitement._close, arrivee.nudge = close_always, nudge_twice


def _without_transaction() -> None:
    """The effect is committed, then the entry is closed: a blow in between does the work twice."""
    sort, close = traitement.sort_courriel, traitement._close

    def sort_and_commit(*args: Any, **options: Any) -> Any:
        verdict = sort(*args, **options)
        with connection.cursor() as cursor:
            cursor.execute("COMMIT")
            time.sleep(0.25)
            cursor.execute("BEGIN")
            cursor.execute(f"SET LOCAL app.collectivite TO '{args[0].collectivite_id}'")
        return verdict

    traitement.sort_courriel, traitement._close = sort_and_commit, close


if TEMOIN == "bail":
    _without_lease()
elif TEMOIN == "transaction":
    _without_transaction()

if __name__ == "__main__":
    if sys.argv[1] == "ville":
        found_town()
    elif sys.argv[1] == "requetes":
        count_queries()
    else:
        call_command("ecouter_courriel", "--port", sys.argv[2])
