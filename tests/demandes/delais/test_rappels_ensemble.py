"""Two workers at once on the same steps: real threads, real transactions. Each step is done once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite
from demandes.actions import open_demande
from demandes.models import Rappel
from demandes.rappels.balayage import do_rappels
from journal.models import Evenement

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 12, 16, 40, tzinfo=ZoneInfo("Europe/Paris"))
LATE = AT + timedelta(days=90)
OUVRIERS = 4


def test_each_step_is_done_once() -> None:
    ville = Collectivite.objects.create(slug="aurelle", nom="Aurelle")
    with collectivite_active(ville.pk):
        for n in range(5):
            open_demande(objet=f"Lampadaire {n}", description="", canal="guichet", mode_reponse="sur_place",
                         received_at=AT, by=AUTOMATE, at=AT)  # fmt: skip
        due = list(Rappel.objects.filter(prevu_at__lte=LATE).values_list("pk", flat=True))
    depart = Barrier(OUVRIERS)

    def work(_: int) -> int:
        depart.wait()
        try:
            return do_rappels(collectivite_id=ville.pk, rappel_ids=due, at=LATE)
        finally:
            connection.close()

    with ThreadPoolExecutor(OUVRIERS) as pool:
        done = sum(pool.map(work, range(OUVRIERS)))
    with collectivite_active(ville.pk):
        told = list(Evenement.objects.filter(verbe__in=("demande.rappel", "demande.decision_implicite")))
        assert not Rappel.objects.filter(fait_at=None, prevu_at__lte=LATE).exists()
    assert done == len(due) == len({line.details["rappel"] for line in told}) == len(told)
