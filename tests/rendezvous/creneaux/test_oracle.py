"""The sweep finds what PostgreSQL finds with multiranges, on towns drawn by lot."""

from datetime import datetime, timedelta

import pytest

from collectivites.models import Collectivite, Service
from rendezvous.creneaux.recherche import find_creneaux, find_offre
from tests.rendezvous.conftest import PARIS
from tests.rendezvous.creneaux.tirage import Tirage, ask_postgresql

# A running morning before Easter 2027 and its change of time; the American change of time; the autumn one.
DEPARTS = (
    datetime(2027, 3, 24, 9, 7, 13, tzinfo=PARIS),
    datetime(2027, 3, 10, 11, 0, tzinfo=PARIS),
    datetime(2026, 10, 21, 8, 58, 59, tzinfo=PARIS),
)


@pytest.mark.parametrize("graine", range(6))
def test_same_slots_as_multiranges(graine: int, ville: Collectivite, service: Service) -> None:
    at = DEPARTS[graine % 3]
    drawn = Tirage(graine, ville, service, at)
    compared = 0
    for personnes, pour_agent in ((1, True), (2, True), (1, False)):
        window = {"du": drawn.du, "au": drawn.du + timedelta(days=8), "at": at}
        ours = find_creneaux(motif=drawn.motif, **window, personnes=personnes, pour_agent=pour_agent)
        theirs = ask_postgresql(drawn.motif, **window, personnes=personnes, pour_agent=pour_agent)
        flat = [(c.debut_at, c.lieu_id, c.ressource_id, c.place, c.places_restantes) for c in ours]
        assert flat == theirs
        assert all(c.fin_at - c.debut_at == timedelta(minutes=drawn.motif.get_duree(personnes)) for c in ours)
        shown = find_offre(motif=drawn.motif, **window, personnes=personnes, pour_agent=pour_agent)
        assert [(c.debut_at, c.lieu_id) for c in shown] == sorted({(c.debut_at, c.lieu_id) for c in ours})
        assert set(shown) <= set(ours)
        compared += len(flat)
    assert compared > 500  # a world where nothing opens proves nothing
