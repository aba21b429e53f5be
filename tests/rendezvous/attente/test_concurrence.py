"""Two sweeps of one town at once: real threads, real transactions. One tells, the other sees that it is told.

Negative control: without the lock, both read that nobody was told and both tell; only the key of the ledger then keeps
the usager from two messages, and each sweep has shared out the same place.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Barrier
from unittest.mock import patch

import pytest
from django.conf import LazySettings
from django.db import connection

from citoyens.actions import Contact, create_usager
from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite, Service
from messagerie.models import Envoi
from rendezvous.attente import balayage
from rendezvous.attente.actions import ask_plus_tot
from rendezvous.models import DemandePlusTot
from tests.rendezvous.conftest import PARIS
from tests.rendezvous.monde import (
    make_agent,
    make_lieu,
    make_motif,
    make_participation,
    make_plage,
    make_rendezvous,
    make_ressource,
)

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 19, 10, 0, tzinfo=PARIS)
BALAYAGES = 2


@pytest.fixture
def ville(db: None, settings: LazySettings, tmp_path: Path) -> Iterator[Collectivite]:
    """One free place, one usager who waits."""
    settings.DEPOT = tmp_path  # type: ignore[attr-defined]
    town = Collectivite.objects.create(slug="aurelle", nom="Aurelle")
    with collectivite_active(town.pk):
        service, lieu = Service.objects.create(nom="État civil", domaine="etat_civil"), make_lieu()
        motif, ressource = make_motif(service), make_ressource(make_agent(town, "Claire Moreau", service))
        make_plage(ressource, lieu, motif, jours=(date(2026, 11, 24),), blocs=((540, 560),))
        usager = create_usager(
            nature="personne", nom="Ben Amar", contacts=[Contact("courriel", "samira@exemple.fr")], by=AUTOMATE, at=AT
        )
        start = datetime(2026, 12, 10, 9, tzinfo=PARIS)
        rdv = make_rendezvous(
            motif, ressource, lieu, start, fin_at=start + timedelta(minutes=20), usager=usager, at=AT
        )
        make_participation(rdv, usager, courriel="samira@exemple.fr")
        ask_plus_tot(rendezvous=rdv, at=AT)
    return town


def sweep_together(ville: Collectivite) -> list[int]:
    depart = Barrier(BALAYAGES)

    def run(_: int) -> int:
        depart.wait()
        try:
            return balayage.offer_ville(collectivite_id=ville.pk, at=AT + timedelta(hours=1))
        finally:
            connection.close()

    with ThreadPoolExecutor(BALAYAGES) as pool:
        return sorted(pool.map(run, range(BALAYAGES)))


def test_two_sweeps_at_once_tell_once(ville: Collectivite) -> None:
    assert sweep_together(ville) == [0, 1]
    with collectivite_active(ville.pk):
        assert Envoi.objects.count() == 1
        assert DemandePlusTot.objects.get().envois == 1


def test_control_without_the_lock_both_tell(ville: Collectivite) -> None:
    both_have_read, read = Barrier(BALAYAGES), balayage._list_waiting

    def read_then_wait(*, at: datetime) -> list[DemandePlusTot]:
        found = read(at=at)
        both_have_read.wait(timeout=20)
        return found

    with ExitStack() as changed:
        changed.enter_context(patch.object(balayage, "_lock", lambda: None))
        changed.enter_context(patch.object(balayage, "_list_waiting", read_then_wait))
        assert sweep_together(ville) == [1, 1]
    with collectivite_active(ville.pk):
        assert Envoi.objects.count() == 1  # the key of the ledger
