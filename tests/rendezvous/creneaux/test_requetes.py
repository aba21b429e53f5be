"""The number of queries depends neither on agents, nor on days, nor on motifs."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from collectivites.models import Lieu, Service
from rendezvous.creneaux.lots import find_creneaux_de
from rendezvous.creneaux.recherche import find_creneaux, find_offre, find_places, find_prochain
from rendezvous.heures import to_instant
from rendezvous.models import Motif
from tests.rendezvous.monde import make_agent, make_lieu, make_motif, make_plage, make_rendezvous, make_ressource

LUNDI = date(2026, 11, 23)


@pytest.fixture
def motifs(ville: object, service: Service, lieu: Lieu) -> list[Motif]:
    """Four agents, two lieux, three motifs, ten days, a few appointments."""
    made = [make_motif(service, f"Motif {n}") for n in range(3)]
    annexe = make_lieu("Annexe")
    jours = tuple(LUNDI + timedelta(days=n) for n in range(10))
    for rank in range(4):
        who = make_ressource(make_agent(ville, f"Agent N{rank}", service))
        make_plage(who, (lieu, annexe)[rank % 2], *made, jours=jours, blocs=((540, 720), (810, 1020)))
        start = to_instant(jours[rank], 600, "Europe/Paris")
        make_rendezvous(made[0], who, lieu, start, fin_at=start + timedelta(minutes=20))
    return made


def test_five_queries_whatever_the_size(motifs: list[Motif], at: datetime, django_assert_num_queries: Any) -> None:
    window = {"du": LUNDI, "au": LUNDI + timedelta(days=9), "at": at}
    with django_assert_num_queries(5):
        found = find_creneaux(motif=motifs[0], **window)
    assert len(found) > 600
    with django_assert_num_queries(5):
        find_offre(motif=motifs[0], **window)
    with django_assert_num_queries(5):
        find_creneaux_de(motifs, **window, personnes=1)
    with django_assert_num_queries(5):
        assert find_places(motif=motifs[0], lieu_id=found[0].lieu_id, debut_at=found[0].debut_at, at=at)


def test_nothing_opens_is_said_at_once(
    service: Service, motifs: list[Motif], at: datetime, django_assert_num_queries: Any
) -> None:
    nu = make_motif(service, "Sans plage", is_active=True)
    year = {"du": at.date(), "au": at.date() + timedelta(days=365), "at": at, "pour_agent": True}
    with django_assert_num_queries(1):
        assert find_prochain(motif=nu, **year) is None
    with django_assert_num_queries(5):  # the first window holds one
        assert find_prochain(motif=motifs[0], **year) is not None
    late = year | {"du": LUNDI + timedelta(days=30)}
    with django_assert_num_queries(1 + 4):  # ranges, then one look per window
        assert find_prochain(motif=motifs[0], **late) is None
