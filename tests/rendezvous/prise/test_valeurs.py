"""A button that no page of ours wrote is nothing, never an error."""

import pytest

from rendezvous.models import Motif
from rendezvous.prise.libres import read_valeur

MOTIF = Motif(collectivite_id=1, pk=4, durees=[20, 35])


@pytest.mark.parametrize(
    "text", ["", "1-2-3", "253402300799-1-0-0", "9" * 5000 + "-1-0-0", "1764062400-1-0-" + "9" * 19, "x-1-0-0"]
)
def test_nonsense_is_no_slot(text: str) -> None:
    assert read_valeur(text, MOTIF, 1) is None


def test_a_button_of_ours_is_read() -> None:
    slot = read_valeur("1764062400-1-0-7", MOTIF, 12)
    assert slot is not None
    assert (slot.lieu_id, slot.ressource_id, slot.seance_id) == (1, 0, 7)
    assert (slot.fin_at - slot.debut_at).seconds == 35 * 60
